import { UserError } from '../../../lib/errors.ts'
import type { checkNames } from '../input-table.ts'

/** A check before a deployment that the input `checks` can switch. */
export type Check = (typeof checkNames)[number]

/** Check to what it does where it fails: `error`, `warning`, or `off`; one that is absent does what is usual for it. */
export type Severities = ReadonlyMap<string, string>

/** Makes a check as its severity says, by default `usual`, and returns warnings. Throws UserError where it refuses. */
export function runCheck(
  name: Check,
  severities: Severities,
  check: () => readonly string[],
  usual = 'error',
): readonly string[] {
  const severity = severities.get(name) ?? usual
  if (severity === 'off') return []
  try {
    return check()
  } catch (error) {
    if (severity !== 'warning' || !(error instanceof UserError)) throw error
    return [error.message]
  }
}

/** Turns a check that only refuses into one that returns no warnings. */
export const withoutWarnings = (verify: () => void) => (): readonly string[] => {
  verify()
  return []
}
