import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { afterAll, describe, expect, it } from 'vitest'
import { type Athena, makeAthena, type Workgroup } from '../../lib/aws/athena.ts'
import { makeObjects, type Objects } from '../../lib/aws/s3-objects.ts'
import { type Clock, systemClock } from '../../lib/wait.ts'
import { openBillingAccount } from '../fakes/billing-account.ts'
import { fakeClock } from '../fakes/clock.ts'
import { makeBucket } from '../fixtures/bucket.ts'
import { startDuckDb } from '../fixtures/duckdb.ts'
import { localAws } from '../local-aws.ts'

// Athena on DuckDB, which the tests of billing-report lean on, has to behave as the local AWS does.

const duck = startDuckDb()
afterAll(() => duck.stop())

type Opened = { athena: Athena; objects: Objects; clock: Clock; workgroup: Workgroup }

const good = "SELECT 'a' AS name, 2 AS total"
const bad = 'SELECT nothing FROM nowhere'

const services: Record<string, () => Promise<Opened>> = {
  'Athena on DuckDB': async () => {
    const account = await openBillingAccount(duck)
    const workgroup = { name: 'w', enabled: true, enforced: false, outputLocation: 's3://logs/results/' }
    account.workgroup = workgroup
    return { ...account.connect(), clock: fakeClock(), workgroup }
  },
  'the local AWS': async () => {
    const account = localAws()
    const bucket = await makeBucket(account)
    const outputLocation = `s3://${bucket}/results/`
    const workgroup = { name: 'w', enabled: true, enforced: false, outputLocation }
    const ResultConfiguration = { OutputLocation: outputLocation }
    const Configuration = { ResultConfiguration, EnforceWorkGroupConfiguration: false }
    await new AthenaClient(account.config).send(new CreateWorkGroupCommand({ Name: 'w', Configuration }))
    await new GlueClient(account.config).send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'd' } }))
    const { config } = account
    return { athena: makeAthena(config), objects: makeObjects(config), clock: systemClock, workgroup }
  },
}

const query = (sql: string, token = randomUUID()) => ({
  ...{ sql, parameters: [], database: 'd', workgroup: 'w', token },
})

describe.each(Object.entries(services))('%s', (_name, open) => {
  const connect = async () => {
    const opened = await open()
    const waiting = { clock: opened.clock, signal: new AbortController().signal, timeoutSeconds: 20 }
    return { ...opened, waiting }
  }

  it('describes a workgroup, and none that is not there', async () => {
    const { athena, workgroup } = await connect()
    expect(await athena.describeWorkgroup('w')).toEqual(workgroup)
    expect(await athena.describeWorkgroup('v')).toBeUndefined()
  })

  it('runs a query, whose result is there at its end as CSV', async () => {
    const { athena, objects, waiting, workgroup } = await connect()
    const { id, outputLocation } = await athena.run(query(good), waiting)
    expect(outputLocation).toBe(`${workgroup.outputLocation}${id}.csv`)
    expect(await text(await objects.read(outputLocation))).toBe('"name","total"\n"a","2"\n')
    const [, bucket = ''] = /^s3:\/\/([^/]+)/.exec(outputLocation) ?? []
    const found = await Array.fromAsync(objects.list(bucket, { prefix: `results/${id}.csv` }))
    expect(found.map(({ key }) => key)).toEqual([`results/${id}.csv`])
    expect(await Array.fromAsync(objects.list(bucket, { prefix: 'nothing/' }))).toEqual([])
  })

  it('gives the reason where a query fails', async () => {
    const { athena, waiting } = await connect()
    await expect(athena.run(query(bad), waiting)).rejects.toThrow(/^query execution \S+: failed: .*nowhere/s)
  })

  it('starts one query for a token, however often', async () => {
    const { athena, waiting } = await connect()
    const token = randomUUID()
    const { id } = await athena.run(query(good, token), waiting)
    expect((await athena.run(query(good, token), waiting)).id).toBe(id)
    expect((await athena.run(query(good), waiting)).id).not.toBe(id)
  })

  it('waits no longer than it may, and not after a cancel', async () => {
    const { athena, waiting } = await connect()
    const signal = AbortSignal.abort(new Error('cancelled'))
    await expect(athena.run(query(good), { ...waiting, signal })).rejects.toThrow('cancelled')
  })
})
