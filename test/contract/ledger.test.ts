import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { type Ledger, makeLedger } from '../../lib/aws/toolkit/ledger.ts'
import type { LedgerEvent } from '../../lib/service/ledger.ts'
import { fakeLedger } from '../fakes/ledger.ts'
import type { FakeObjects } from '../fakes/toolkit.ts'
import { localAws } from '../local-aws.ts'

// The ledger in memory, which the tests of pause-resume lean on, has to behave as the local AWS does.

type Opened = { ledger: Ledger; put(key: string, text: string): Promise<unknown> }

const ledgers: Record<string, () => Opened> = {
  'the ledger in memory': () => {
    const objects: FakeObjects = new Map()
    return { ledger: fakeLedger(objects), put: async (key, text) => objects.set(key, Buffer.from(text)) }
  },
  'the local AWS': () => {
    const { config, account, region } = localAws()
    const bucket = toolkitBucket('ddn', account, region)
    const client = new S3Client({ ...config, forcePathStyle: true })
    return {
      ledger: makeLedger(config, bucket),
      put: async (Key, Body) => await client.send(new PutObjectCommand({ ...bucket, Key, Body })),
    }
  },
}

const event = (at: string, cluster = 'c', name = 'web'): LedgerEvent => ({
  ...{ version: 1, cluster, at, operation: 'pause', services: [{ name, isPaused: true }] },
  groups: [{ name: 'g', instanceType: 'g4dn.xlarge', freed: 1, left: 0 }],
  ...{ by: 'ann', why: 'night', run: 'https://run.example/1' },
})

describe.each(Object.entries(ledgers))('%s', (_name, open) => {
  it('has no event before the first one, nor a bucket', async () => {
    expect(await open().ledger.read('c', 0)).toEqual({ events: [], damaged: [] })
  })

  it('keeps each event of a cluster as it was told first, gives those since a time, and names what is none', async () => {
    const { ledger, put } = open()
    const [first, second, third] = [
      '2026-11-26T13:00:00.000Z',
      '2026-11-26T23:00:00.000Z',
      '2026-11-27T13:00:00.000Z',
    ] as const
    for (const at of [third, first, second]) await ledger.add(event(at), at)
    await ledger.add(event(second, 'c', 'api'), second)
    await ledger.add(event(second, 'other'), second)
    // A run that tells again what another one has told does not know better.
    await ledger.add(event(third), second)
    const since = Date.parse(second)
    expect(await ledger.read('c', since)).toEqual({
      events: [event(second, 'c', 'api'), event(second), event(third)],
      damaged: [],
    })
    await put('ledger/c/2026-11-28T00:00:00.000Z-x.json', '{"version":9}')
    const { events, damaged } = await ledger.read('c', 0)
    expect([events.length, damaged.map((each) => each.replace(/^.*?ledger/, 'ledger'))]).toEqual([
      4,
      ['ledger/c/2026-11-28T00:00:00.000Z-x.json'],
    ])
  })
})
