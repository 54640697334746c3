import { type Account, openAccount } from './account.ts'
import type { Ground } from './scenario.ts'

/** Accounts that are ready for a scenario. */
export type Accounts = {
  take(ground: Ground): Promise<Account>
  /** Takes one back that is as good as before. */
  giveBack(ground: Ground, account: Account): void
}

/** Makes accounts on demand, and keeps those that can serve again. */
export function makeAccounts(endpoint: string): Accounts {
  const free = new Map<string, Account[]>()
  return {
    take: async (ground) => {
      const kept = free.get(ground.name)?.pop()
      if (kept) return kept
      const account = openAccount(endpoint)
      await ground.make(account)
      return account
    },
    giveBack: (ground, account) => {
      if (ground.reusable) free.set(ground.name, [...(free.get(ground.name) ?? []), account])
    },
  }
}
