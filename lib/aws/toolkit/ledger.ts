import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { mapConcurrently } from '../../map-concurrently.ts'
import {
  formatLedgerEvent,
  type LedgerEvent,
  ledgerKey,
  ledgerPrefix,
  parseLedgerEvent,
} from '../../service/ledger.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { readObject } from '../s3-body.ts'
import { openToolkitBucket } from './bucket.ts'
import { listNames } from './object-names.ts'

/** Events of the ledger, and the names of objects that are none. */
export type LedgerPage = { events: LedgerEvent[]; damaged: string[] }

/** The ledger of pauses in the toolkit's bucket: one object an event, which nobody changes. */
export type Ledger = {
  /** Adds an event; `id` tells it from others of the same millisecond. */
  add(event: LedgerEvent, id: string): Promise<void>
  /** Reads the events of a cluster since a time, in epoch milliseconds. */
  read(cluster: string, since: number): Promise<LedgerPage>
}

const eventsAtATime = 8

/** Creates the adapter to the ledger. */
export function makeLedger(config: AwsConfig, bucket: OwnedBucket): Ledger {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  const toolkit = openToolkitBucket(client, bucket, config.region)
  return {
    add: async (event, id) => {
      await toolkit.ensure()
      const Key = ledgerKey(event, id)
      const ContentType = 'application/json'
      await client.send(new PutObjectCommand({ ...bucket, Key, Body: formatLedgerEvent(event), ContentType }))
    },
    read: async (cluster, since) => {
      const keys = await listNames(client, bucket, ledgerPrefix(cluster), new Date(since).toISOString())
      const read = await mapConcurrently(keys, { concurrency: eventsAtATime }, async (Key) => {
        const pieces = await Array.fromAsync(readObject(client, { ...bucket, Key }))
        return { Key, event: parseLedgerEvent(Buffer.concat(pieces).toString()) }
      })
      return {
        events: read.flatMap(({ event }) => event ?? []),
        damaged: read.filter(({ event }) => !event).map(({ Key }) => `s3://${bucket.Bucket}/${Key}`),
      }
    },
  }
}
