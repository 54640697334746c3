import { messageOf } from '../../lib/errors.ts'

/** What was found so far. */
export type Tally = { passed: number; failed: number; skipped: number }

/** Does one check, and prints one line about it. */
export async function check(tally: Tally, title: string, work: () => Promise<string>): Promise<void> {
  try {
    console.log(`ok: ${title}: ${await work()}`)
    tally.passed++
  } catch (error) {
    console.log(
      `FAILED: ${title}: ${messageOf(error)
        .trim()
        .replaceAll(/\s*\n\s*/g, ' | ')}`,
    )
    tally.failed++
  }
}

/** Says what is left out. */
export function skip(tally: Tally, title: string, reason: string): void {
  console.log(`skipped: ${title}: ${reason}`)
  tally.skipped++
}

/** Compares lists of digests. */
export function expectEqual(what: string, got: readonly string[], expected: readonly string[]): void {
  if (got.join() !== expected.join())
    throw new Error(`${what}: expected ${expected.join(', ')}, got ${got.join(', ')}`)
}
