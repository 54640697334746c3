import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, runUndisturbed } from '../account.ts'
import type { Ground, Scenario } from '../scenario.ts'
import { billFolder, countQueries, readBill } from '../state/bill.ts'

const root = join(import.meta.dirname, '..', '..', '..')

/** The access log of a month, and the roll-ups of its days. */
const accessLogGround: Ground = {
  name: 'access log',
  reusable: true,
  make: async (account) => {
    await runUndisturbed(account, 'deploy-stack', {
      only: 'storage, load-balancer, api, billing',
      parameters: 'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002',
    })
    const bucket = `ddn-apigw-accesslog-${account.id}-${account.region}`
    const days = ['--first', '2026-08-31', '--next', '2026-10-01']
    const script = join(root, 'scripts', 'access-log.ts')
    const warnings = '--disable-warning=ExperimentalWarning'
    await promisify(execFile)(process.execPath, [warnings, script, '--bucket', bucket, ...days], {
      env: account.env,
    })
    const backfill = '2026-09-01..2026-09-30'
    await runUndisturbed(account, 'billing-report', { mode: 'daily', backfill })
  },
}

/** How many queries an account had before the run. */
const queries = new WeakMap<Account, number>()

const common = {
  action: 'billing-report',
  ground: accessLogGround,
  nouns: [
    'ddn-billing',
    'ddn_billing_db',
    'ddn-apigw-accesslog',
    'roll up',
    'query execution',
    'ddn-toolkit',
  ],
  prepare: async (account: Account) => {
    rmSync(billFolder(account), { recursive: true, force: true })
    queries.set(account, await countQueries(account))
  },
  read: async (account: Account) => await readBill(account, queries.get(account) ?? 0),
}

/** Bills a month. */
export const billMonth: Scenario = {
  ...common,
  name: 'bill a month',
  inputs: (account) => ({
    month: '2026-09',
    rates: join(root, 'example', 'rates.yml'),
    'output-directory': billFolder(account),
    // An answer that comes byte by byte is given up after a minute, and the bill is still to be made.
    'timeout-minutes': '2',
  }),
}

/** Tells how the pipeline stands. */
export const billingStatus: Scenario = {
  ...common,
  name: 'status of the billing',
  inputs: () => ({ mode: 'status', 'timeout-minutes': '1' }),
}
