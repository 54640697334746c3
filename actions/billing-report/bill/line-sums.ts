import { add, type Decimal } from '../rates/decimal.ts'
import type { Line, UserBill } from './price.ts'
import { compareNames } from './user-usage.ts'

/** All line items for one thing, such as those of a meter, added up. */
export type LineSum = Pick<Line, 'kind' | 'item'> & {
  /** Units, for usage. */
  quantity: bigint
  /** Users who have such a line. */
  users: number
  amount: Decimal
}

const order: readonly Line['kind'][] = [
  'free',
  'usage',
  'discount',
  'fixed',
  'top-up',
  'tax',
  'rounding',
  'adjustment',
]

/** Starts to add up the lines of users by what they are for: there are as many sums as meters and plans. */
export function makeLineSums() {
  const sums = new Map<Line['kind'], Map<string, LineSum & { last: string }>>(
    order.map((kind) => [kind, new Map()]),
  )
  return {
    add({ user, lines }: UserBill): void {
      for (const { kind, item, quantity, amount } of lines) {
        const ofKind = sums.get(kind)
        const sum = ofKind?.get(item)
        if (!sum) {
          ofKind?.set(item, { kind, item, quantity, users: 1, amount, last: user })
          continue
        }
        if (sum.last !== user) sum.users += 1
        sum.last = user
        sum.quantity += quantity
        sum.amount = add(sum.amount, amount)
      }
    },
    /** Lists them by kind, in the order in which a bill is made, then by the bytes of the name. */
    finish(): LineSum[] {
      return [...sums.values()].flatMap((ofKind) =>
        [...ofKind.values()].map(({ last: _, ...sum }) => sum).sort((a, b) => compareNames(a.item, b.item)),
      )
    },
  }
}
