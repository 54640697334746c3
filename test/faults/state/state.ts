import type { Account } from '../account.ts'

/** What a scenario leaves in an account, in lines of text that do not differ from account to account. */
export type State = {
  /** What the user wanted: the same after a fault, or after the run that follows it. */
  reached: readonly string[]
  /** What was done on the way, such as updates of a stack: no run does more of it because of a fault. */
  effects: readonly string[]
  /** What a run should have removed, such as change sets. */
  leftovers: readonly string[]
}

/** Puts states of several services together. */
export const joinStates = (states: readonly State[]): State => ({
  reached: states.flatMap(({ reached }) => reached),
  effects: states.flatMap(({ effects }) => effects),
  leftovers: states.flatMap(({ leftovers }) => leftovers),
})

/** Replaces what is another in each account, and sorts. */
export const normalize = (lines: readonly string[], { id }: Account): string[] =>
  lines
    .map((line) =>
      line
        .replaceAll(id, 'ACCOUNT')
        .replaceAll(/\b127\.0\.0\.1:\d+/g, 'HOST')
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
        .replaceAll(/\b[0-9a-f]{32}\b/g, 'ID'),
    )
    .sort()

/** Lists what is in one list and not in the other; a line that is there twice counts twice. */
export function subtract(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return lines.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** Gives the answer of a call, or undefined where AWS says that the thing is not there. */
export async function ifThere<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuch|does not exist/.test(`${error.name} ${error.message}`))
      return
    throw error
  }
}
