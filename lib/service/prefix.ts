import { type Input, text } from '../inputs.ts'

const format = {
  matches: (prefix: string) => /^[a-z][a-z0-9-]{0,19}$/.test(prefix),
  expected: 'up to 20 lower-case letters, digits and dashes',
}

/** The input for the first part of the names of stacks and buckets; `ddn` by default. */
export function prefixInput(meaning: string): Input<string> {
  return text({ default: 'ddn', format, meaning })
}
