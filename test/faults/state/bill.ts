import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { AthenaClient, ListQueryExecutionsCommand } from '@aws-sdk/client-athena'
import { GetTablesCommand, GlueClient } from '@aws-sdk/client-glue'
import type { Account } from '../account.ts'
import { normalize, type State } from './state.ts'

// The file of a bill that says what differs by run.
const whatDiffers = 'run.json'

/** Where the files of the bill are written. */
export const billFolder = ({ folder }: Account): string => join(folder, 'bill')

/** Reads the files of a bill by their digests, the tables, and how many queries were made before `earlier`. */
export async function readBill(account: Account, earlier: number): Promise<State> {
  const folder = billFolder(account)
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== whatDiffers)
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  const { TableList = [] } = await new GlueClient(account.config).send(
    new GetTablesCommand({ DatabaseName: 'ddn_billing_db' }),
  )
  // Another scenario on the same ground may have made the usage of a month.
  const sources = ['restapi_access_log_parquet', 'rollup_daily']
  const lasting = [...sources, 'usage_monthly']
  return {
    reached: normalize(
      [
        ...files.map((name) => `file ${name} ${digest(name)}`),
        ...TableList.filter(({ Name = '' }) => sources.includes(Name)).map(({ Name }) => `table ${Name}`),
      ],
      account,
    ),
    effects: Array.from({ length: (await countQueries(account)) - earlier }, () => 'query execution'),
    leftovers: TableList.filter(({ Name = '' }) => !lasting.includes(Name)).map(() => 'table of a roll-up'),
  }
}

/** Counts the query executions of the workgroup. */
export async function countQueries({ config }: Account): Promise<number> {
  const client = new AthenaClient(config)
  let count = 0
  let NextToken: string | undefined
  do {
    const page = await client.send(
      new ListQueryExecutionsCommand({ WorkGroup: 'ddn-billing', ...(NextToken && { NextToken }) }),
    )
    count += page.QueryExecutionIds?.length ?? 0
    NextToken = page.NextToken
  } while (NextToken)
  return count
}
