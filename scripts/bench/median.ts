/** Returns the middle of some numbers, of two the upper one; NaN where there are none. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
