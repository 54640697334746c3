import { UserError } from '../../../lib/errors.ts'

/** A check before a deployment that the input `checks` can switch. */
type Check = 'gpu-quota' | 'image' | 'subnets' | 'task-size'

/** Check to what it does where it fails: `error`, `warning`, or `off`; one that is absent refuses the run. */
export type Severities = ReadonlyMap<string, string>

/** Makes a check as its severity says, and returns warnings. Throws UserError where it refuses. */
export function runCheck(
  name: Check,
  severities: Severities,
  check: () => readonly string[],
): readonly string[] {
  const severity = severities.get(name) ?? 'error'
  if (severity === 'off') return []
  try {
    return check()
  } catch (error) {
    if (severity !== 'warning' || !(error instanceof UserError)) throw error
    return [error.message]
  }
}
