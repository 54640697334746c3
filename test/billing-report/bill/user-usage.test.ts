import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareNames } from '../../../actions/billing-report/bill/user-usage.ts'

it('orders names by their bytes, as the queries do', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '~', 'é', '\uffff', '😀'), maxLength: 3 })
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(compareNames(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
  expect(['😀', '\uffff', 'b', 'a', ''].toSorted(compareNames)).toEqual(['', 'a', 'b', '\uffff', '😀'])
})
