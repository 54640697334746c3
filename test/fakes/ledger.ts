import type { Ledger } from '../../lib/aws/toolkit/ledger.ts'
import { formatLedgerEvent, ledgerKey, ledgerPrefix, parseLedgerEvent } from '../../lib/service/ledger.ts'
import type { Caller } from './cut.ts'
import type { FakeObjects } from './toolkit.ts'

/**
 * The ledger of a toolkit's bucket in memory. Its contract, which the local AWS holds too
 * (test/contract/ledger.test.ts): events of a cluster come in the order in which they were asked for, from a time on; what
 * was told first stays. `call` makes a call, or cuts the run there.
 */
export function fakeLedger(objects: FakeObjects, call: Caller = async (_, apply) => apply()): Ledger {
  return {
    add: async (event, askedAt) =>
      await call('write', () => {
        const key = ledgerKey(event, askedAt)
        if (!objects.has(key)) objects.set(key, Buffer.from(formatLedgerEvent(event)))
      }),
    read: async (cluster, since) => {
      const prefix = ledgerPrefix(cluster)
      const from = prefix + new Date(since).toISOString()
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > from).sort()
      const read = keys.map((key) => ({ key, event: parseLedgerEvent(objects.get(key)?.toString() ?? '') }))
      return {
        events: read.flatMap(({ event }) => event ?? []),
        damaged: read.filter(({ event }) => !event).map(({ key }) => key),
      }
    },
  }
}
