import { UserError } from '../../../lib/errors.ts'
import type { Inputs } from '../inputs.ts'

/** Limits what the queries of a run scan together, those that still run included. */
export function makeScanLimit({ mostScanned }: Pick<Inputs, 'mostScanned'>) {
  const scanned = new Map<string, number>()
  const sum = () => [...scanned.values()].reduce((total, bytes) => total + bytes, 0)
  return {
    /** Returns the bytes that may still be scanned; undefined where there is no limit. */
    left: (): number | undefined => mostScanned && mostScanned - sum(),
    /** Notes what a query execution has scanned so far. Throws UserError where that is too much. */
    watch: (id: string, bytes: number): void => {
      scanned.set(id, bytes)
      if (mostScanned === undefined || sum() <= mostScanned) return
      throw new UserError(
        `max-data-scanned: the queries have scanned ${sum()} bytes, more than ${mostScanned}; query execution ${id} is stopped`,
      )
    },
  }
}
