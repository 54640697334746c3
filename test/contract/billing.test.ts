import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { makeMetrics } from '../../lib/aws/cloudwatch.ts'
import { makeDeliveryStreams } from '../../lib/aws/firehose.ts'
import { makeTables } from '../../lib/aws/glue.ts'
import { makePartitions } from '../../lib/aws/glue-partitions.ts'
import { makePublishedFiles } from '../../lib/aws/published-files.ts'
import { makeObjects } from '../../lib/aws/s3-objects.ts'
import { makeSubscriptions } from '../../lib/aws/subscriptions.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { makeClosedBills } from '../../lib/aws/toolkit/closed-bills.ts'
import { makeBucket } from '../fixtures/bucket.ts'
import { localAws } from '../local-aws.ts'

const account = localAws()
const { config } = account

describe('what a bill reads and keeps', () => {
  it('adds a metric up by the hour, or takes the largest value, for its own dimensions', async () => {
    const hour = Date.UTC(2026, 10, 25, 4)
    const datum = (Value: number, minutes: number, ApiId = 'a1') => ({
      MetricName: 'Count',
      Dimensions: [
        { Name: 'ApiId', Value: ApiId },
        { Name: 'Stage', Value: '$default' },
      ],
      Timestamp: new Date(hour + minutes * 60_000),
      Value,
    })
    const MetricData = [datum(2, 0), datum(3, 59), datum(4, 60), datum(7, 1, 'other'), datum(9, -1)]
    await new CloudWatchClient(config).send(
      new PutMetricDataCommand({ Namespace: 'AWS/ApiGateway', MetricData }),
    )
    const metric = {
      namespace: 'AWS/ApiGateway',
      name: 'Count',
      statistic: 'Sum' as const,
      dimensions: { ApiId: 'a1', Stage: '$default' },
    }
    const { readHours } = makeMetrics(config)
    const largest = { ...metric, statistic: 'Maximum' as const }
    expect((await readHours(largest, hour, hour + 7_200_000)).get(hour)).toBe(3)
    expect(await readHours(metric, hour, hour + 7_200_000)).toEqual(
      new Map([
        [hour, 5],
        [hour + 3_600_000, 4],
      ]),
    )
  })

  it('finds no stream and no log group where there is none', async () => {
    expect(await makeDeliveryStreams(config).describe('none')).toBeUndefined()
    expect(await makeSubscriptions(config).list('/none')).toBeUndefined()
  })

  it('points a partition to one place, and then to another', async () => {
    await new GlueClient(config).send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'd' } }))
    const [tables, partitions] = [makeTables(config), makePartitions(config)]
    const columns = [{ name: 'requests', type: 'bigint' }]
    const table = { name: 't', location: 's3://b/rollup/', columns, partitionKey: 'day' }
    expect(await partitions.list('d', 't')).toEqual([])
    await tables.create('d', table)
    await tables.create('d', table)
    expect(await tables.describeColumns('d', 't')).toEqual(columns)
    expect((await tables.describe('d', 't'))?.columns).toEqual(['requests', 'day'])
    for (const run of ['1', '2']) {
      const to = { value: '2026-09-01', location: `s3://b/rollup/${run}/`, parameters: { run } }
      await partitions.point('d', 't', { ...to, columns })
      expect(await partitions.list('d', 't')).toEqual([to])
    }
    expect((await tables.list('d')).map(({ name }) => name)).toEqual(['t'])
    await tables.remove('d', 't')
    await tables.remove('d', 't')
    expect(await tables.list('d')).toEqual([])
  })

  it('lists objects from a key up to another, and deletes them', async () => {
    const bucket = await makeBucket(account)
    const objects = makeObjects(config)
    const keys = ['log/day=01/a', 'log/day=02/a', 'log/day=02/b', 'log/day=03/a', 'other/x']
    for (const key of keys) await objects.write(`s3://${bucket}/${key}`, key)
    const list = async (range: { after?: string; before?: string } = {}) =>
      (await Array.fromAsync(objects.list(bucket, { prefix: 'log/', ...range }))).map(({ key }) => key)
    expect(await list()).toEqual(keys.slice(0, 4))
    expect(await list({ after: 'log/day=02/', before: 'log/day=03/' })).toEqual(keys.slice(1, 3))
    await objects.remove(bucket, [...keys.slice(0, 3), 'log/gone'])
    expect(await list()).toEqual(['log/day=03/a'])
  })

  it('publishes files with their types in a bucket of the account, and in no other', async () => {
    const bucket = await makeBucket(account)
    const location = `s3://${bucket}/bills/a.html`
    const { read, write, list, remove } = makePublishedFiles(config, async () => account.account)
    expect(await read(location)).toBeUndefined()
    await write(location, '<p>é', 'text/html; charset=utf-8')
    expect(await read(location)).toBe('<p>é')
    const client = new S3Client({ ...config, forcePathStyle: true })
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'bills/a.html' }))
    expect(head.ContentType).toBe('text/html; charset=utf-8')
    await expect(read('s3://nowhere-at-all/a')).rejects.toThrow(
      's3://nowhere-at-all/a: no bucket "nowhere-at-all"',
    )
    expect(await list(`s3://${bucket}/bills/a`)).toEqual([location])
    expect(await list(`s3://${bucket}/bills/b`)).toEqual([])
    await remove(location)
    await remove(location)
    expect(await list(`s3://${bucket}/`)).toEqual([])
    const foreign = makePublishedFiles(config, async () => '999999999999')
    await expect(foreign.write(location, 'x', 'text/html')).rejects.toThrow('s3:PutObject: denied')
  })

  it('keeps the first of two records of a closed month', async () => {
    const bills = makeClosedBills(config, async () => toolkitBucket('p', account.account, account.region))
    expect(await bills.read('2026-09', 'bill.json')).toBeUndefined()
    expect(await bills.writeOnce('2026-09', 'bill.json', 'first')).toBe(true)
    expect(await bills.writeOnce('2026-09', 'bill.json', 'second')).toBe(false)
    expect(await bills.read('2026-09', 'bill.json')).toBe('first')
    await bills.write('2026-09', 'rates.yml', 'a')
    await bills.write('2026-09', 'rates.yml', 'b')
    expect(await bills.read('2026-09', 'rates.yml')).toBe('b')
  })
})
