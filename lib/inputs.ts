import { UserError } from './errors.ts'

/** Inputs as the runner gives them: name (lower case, with dashes) to text; a missing one is `''` or absent. */
export type RawInputs = Readonly<Record<string, string | undefined>>

/** Reads a text input that must be there. */
export function required(inputs: RawInputs, name: string): string {
  const value = optional(inputs, name)
  if (value === undefined) throw new UserError(`${name}: expected a value, got none; set the input "${name}"`)
  return value
}

/** Reads a text input, trimmed; `undefined` where it is empty. */
export function optional(inputs: RawInputs, name: string): string | undefined {
  const value = inputs[name]?.trim()
  return value === '' ? undefined : value
}

/** Reads `true` or `false`, in any of the spellings of YAML 1.2. */
export function boolean(inputs: RawInputs, name: string, byDefault: boolean): boolean {
  const value = optional(inputs, name)
  if (value === undefined) return byDefault
  if (/^true$/i.test(value)) return true
  if (/^false$/i.test(value)) return false
  throw new UserError(`${name}: expected true or false, got "${value}"`)
}

/** Reads one word out of a closed set. */
export function oneOf<const T extends string>(
  inputs: RawInputs,
  name: string,
  allowed: readonly T[],
  byDefault?: T,
): T {
  const value = optional(inputs, name) ?? byDefault
  const found = allowed.find((word) => word === value)
  if (found === undefined) {
    throw new UserError(`${name}: expected one of ${allowed.join(', ')}, got "${value ?? ''}"`)
  }
  return found
}

/** Reads a list, split at newlines and commas; empty items and doubles are dropped. */
export function list(inputs: RawInputs, name: string): string[] {
  const items = (inputs[name] ?? '').split(/[\n,]/).map((item) => item.trim())
  return [...new Set(items.filter((item) => item !== ''))]
}

/** Reads a whole number within bounds, both included. */
export function integer(
  inputs: RawInputs,
  name: string,
  { byDefault, min, max }: { byDefault: number; min: number; max: number },
): number {
  const value = optional(inputs, name)
  if (value === undefined) return byDefault
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= min && number <= max)) {
    throw new UserError(`${name}: expected a whole number from ${min} to ${max}, got "${value}"`)
  }
  return number
}

/** Reads lines `KEY=VALUE`; a value may hold `=` and commas, empty lines and `#` comments are skipped. */
export function keyValues(inputs: RawInputs, name: string): Map<string, string> {
  const pairs = new Map<string, string>()
  for (const [index, line] of (inputs[name] ?? '').split('\n').entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const at = text.indexOf('=')
    if (at < 1) throw new UserError(`${name}: line ${index + 1}: expected NAME=VALUE, got "${text}"`)
    const key = text.slice(0, at).trim()
    if (pairs.has(key)) throw new UserError(`${name}: line ${index + 1}: "${key}" is given twice`)
    pairs.set(key, text.slice(at + 1).trim())
  }
  return pairs
}

/** Refuses inputs that the action does not have, and names the nearest one that it has. */
export function refuseUnknown(inputs: RawInputs, known: readonly string[]): void {
  for (const name of Object.keys(inputs)) {
    if (known.includes(name)) continue
    const hint = nearest(name, known)
    throw new UserError(
      `${name}: unknown input${hint ? `; did you mean "${hint}"` : ''}; known are ${known.join(', ')}`,
    )
  }
}

/** Finds the candidate that takes the fewest edits to reach, if any is near enough to be meant. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best && best.edits <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, right] of [...b].entries()) {
      const substitution = (row[j] ?? 0) + (left === right ? 0 : 1)
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
