import Big from 'big.js'

/** An exact decimal number: `value` × 10^−`scale`. Never a float, never rounded but by `round`. */
export type Decimal = { readonly value: bigint; readonly scale: number }

/** How `round` treats what lies between two numbers. */
export type Rounding = 'half-up' | 'half-even' | 'down'

/** Nothing. */
export const zero: Decimal = { value: 0n, scale: 0 }

/** Parses a number such as `12.5`; `undefined` where the text is none. */
export function parseDecimal(text: string): Decimal | undefined {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined
  const plain = new Big(text).toFixed()
  const [whole = '0', fraction = ''] = plain.split('.')
  return { value: BigInt(whole + fraction), scale: fraction.length }
}

/** Converts a whole number to a decimal. */
export const whole = (value: bigint): Decimal => ({ value, scale: 0 })

// A bill of a million users takes the same powers millions of times.
const powers = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent))
const powerOfTen = (exponent: number) => powers[exponent] ?? 10n ** BigInt(exponent)

const at = (value: bigint, scale: number, wanted: number) =>
  scale === wanted ? value : value * powerOfTen(wanted - scale)

/** Adds, exactly. */
export const add = (...terms: readonly Decimal[]): Decimal => sum(terms)

/** Adds a list of any length, exactly. */
export function sum(terms: readonly Decimal[]): Decimal {
  let value = 0n
  let scale = 0
  for (const term of terms) {
    const larger = Math.max(scale, term.scale)
    value = at(value, scale, larger) + at(term.value, term.scale, larger)
    scale = larger
  }
  return { value, scale }
}

/** Multiplies, exactly. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, scale: a.scale + b.scale }
}

/** Turns the sign. */
export const negate = ({ value, scale }: Decimal): Decimal => ({ value: -value, scale })

/** Returns a percentage of a value, exactly. */
export function percentOf(amount: Decimal, percent: Decimal): Decimal {
  const { value, scale } = multiply(amount, percent)
  return { value, scale: scale + 2 }
}

/** Returns 1 / `divisor`, exactly, or `undefined` if the divisor has a prime factor other than 2 and 5. */
export function inverse(divisor: bigint): Decimal | undefined {
  for (let scale = 0; scale <= 60; scale++) {
    const power = powerOfTen(scale)
    if (divisor > 0n && power % divisor === 0n) return { value: power / divisor, scale }
  }
  return undefined
}

/** Compares: below 0, 0 or above 0, as a sort wants it. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const first = at(a.value, a.scale, scale)
  const second = at(b.value, b.scale, scale)
  return first < second ? -1 : first > second ? 1 : 0
}

/** Rounds to a number of decimals. */
export function round({ value, scale }: Decimal, decimals: number, rounding: Rounding): Decimal {
  if (scale <= decimals) return { value: at(value, scale, decimals), scale: decimals }
  const unit = powerOfTen(scale - decimals)
  const magnitude = value < 0n ? -value : value
  const floor = magnitude / unit
  const twice = (magnitude % unit) * 2n
  const up =
    rounding === 'half-up'
      ? twice >= unit
      : rounding === 'half-even'
        ? twice > unit || (twice === unit && floor % 2n === 1n)
        : false
  const rounded = up ? floor + 1n : floor
  return { value: value < 0n ? -rounded : rounded, scale: decimals }
}

/** Formats without loss, at least with `decimals` digits behind the point: `19300.5`. */
export function formatDecimal({ value, scale }: Decimal, decimals = 0): string {
  if (scale === 0 && decimals === 0) return value.toString()
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  const fraction = digits.slice(point).replace(/0+$/, '').padEnd(decimals, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`
}
