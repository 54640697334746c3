import { UserError } from '../errors.ts'
import { optional, type RawInputs } from '../inputs.ts'

/** Reads the first part of all names, which stands in names of stacks and buckets; `ddn` where it is not given. */
export function readPrefix(inputs: RawInputs): string {
  const prefix = optional(inputs, 'prefix') ?? 'ddn'
  if (/^[a-z][a-z0-9-]{0,19}$/.test(prefix)) return prefix
  throw new UserError(`prefix: expected up to 20 lower-case letters, digits and dashes, got "${prefix}"`)
}
