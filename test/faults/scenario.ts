import type { Account } from './account.ts'
import type { State } from './state/state.ts'

/** What an account holds before the first scenario that uses it. */
export type Ground = {
  name: string
  make(account: Account): Promise<void>
  /** Whether an account can serve again after a run that left what it should. */
  reusable: boolean
}

/** One run of an action that is swept: what it starts from, what it does, and how to see what it did. */
export type Scenario = {
  /** In words, such as `pause`. */
  name: string
  action: string
  ground: Ground
  /** Names, besides the operation's own, one of which an annotation of a failure has. */
  nouns: readonly string[]
  /** Brings the account to where the run starts. */
  prepare(account: Account): Promise<void>
  inputs(account: Account): Record<string, string>
  read(account: Account): Promise<State>
}

/** A place that holds nothing. */
export const emptyGround: Ground = { name: 'empty', make: async () => {}, reusable: false }
