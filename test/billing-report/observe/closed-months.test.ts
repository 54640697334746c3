import { expect, it } from 'vitest'
import { readClosedBefore } from '../../../actions/billing-report/observe/closed-months.ts'

it('reads the closed bills of the months before, the oldest first', async () => {
  const bill = (month: string) =>
    JSON.stringify({
      ...{ month, timeZone: '', currency: '', decimals: 0, adjustMonths: 3 },
      ...{ totals: {}, files: {}, adjustments: [] },
    })
  const asked: string[] = []
  const closedBills = {
    place: () => '',
    read: async (month: string, name: string) => {
      asked.push(`${month}/${name}`)
      return month === '2026-01' ? undefined : bill(month)
    },
  }
  const closed = await readClosedBefore('2026-03', 3, { closedBills } as never)
  expect(asked).toEqual(['2025-12/bill.json', '2026-01/bill.json', '2026-02/bill.json'])
  expect(closed.map(({ month }) => month)).toEqual(['2025-12', '2026-02'])
})

it('names the place of a closed bill that is damaged', async () => {
  const closedBills = { place: (month: string) => `s3://b/${month}/`, read: async () => '{' }
  await expect(readClosedBefore('2026-03', 1, { closedBills } as never)).rejects.toThrow(
    's3://b/2026-02/bill.json: expected a closed bill',
  )
})
