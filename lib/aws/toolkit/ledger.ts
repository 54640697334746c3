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
import { awsErrorName } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { readObject } from '../s3-body.ts'
import { openToolkitBucket } from './bucket.ts'
import { listNames } from './object-names.ts'

/** Events of the ledger, and the names of objects that are none. */
export type LedgerPage = { events: LedgerEvent[]; damaged: string[] }

/** The ledger of pauses in the toolkit's bucket: one object an event, which nobody changes. */
export type Ledger = {
  /** Adds what became of a wish of that time (ISO 8601, UTC); what was told of it before stays. */
  add(event: LedgerEvent, askedAt: string): Promise<void>
  /** Reads the events of a cluster that were asked for since a time, in epoch milliseconds. */
  read(cluster: string, since: number): Promise<LedgerPage>
}

const eventsAtATime = 8

/** Creates the adapter to the ledger. */
export function makeLedger(config: AwsConfig, bucket: OwnedBucket): Ledger {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  const toolkit = openToolkitBucket(client, bucket, config.region)
  return {
    add: async (event, askedAt) => {
      await toolkit.ensure()
      const object = { ...bucket, Key: ledgerKey(event, askedAt), Body: formatLedgerEvent(event) }
      const put = { ...object, ContentType: 'application/json', IfNoneMatch: '*' }
      try {
        await client.send(new PutObjectCommand(put))
      } catch (error) {
        if (awsErrorName(error) !== 'PreconditionFailed') throw error
      }
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
