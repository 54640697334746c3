import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type BillingAccount, openBillingAccount } from '../fakes/billing-account.ts'
import { fillDays, runBilling } from '../fixtures/billing-run.ts'
import { startDuckDb } from '../fixtures/duckdb.ts'

const duck = startDuckDb()
afterAll(() => duck.stop())

let account: BillingAccount
beforeEach(async () => {
  account = await openBillingAccount(duck)
})

describe('the bill of a month', () => {
  it('is made from roll-ups of its days, whose rows are all accounted for', async () => {
    await fillDays(account, '2026-09-01', '2026-09-30')
    const { outputs, report } = await runBilling(account)
    expect(outputs).toMatchObject({ result: 'billed', requests: '30', total: '3333' })
    expect(report.findings).toEqual([])
  })
})
