import { makeAthena } from '../../lib/aws/athena.ts'
import type { AwsConfig } from '../../lib/aws/client.ts'
import { makeMetrics } from '../../lib/aws/cloudwatch.ts'
import { makeDeliveryStreams } from '../../lib/aws/firehose.ts'
import { makeTables } from '../../lib/aws/glue.ts'
import { makePartitions } from '../../lib/aws/glue-partitions.ts'
import { describeAccount } from '../../lib/aws/identity.ts'
import { makePublishedFiles } from '../../lib/aws/published-files.ts'
import { makeObjects } from '../../lib/aws/s3-objects.ts'
import { makeSubscriptions } from '../../lib/aws/subscriptions.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { makeClosedBills } from '../../lib/aws/toolkit/closed-bills.ts'
import { makeLedger } from '../../lib/aws/toolkit/ledger.ts'
import { makeStoredLock } from '../../lib/aws/toolkit/stored-lock.ts'
import { addressOfPage } from '../../lib/console.ts'
import { keepSuccess } from '../../lib/keep-success.ts'
import type { Place } from '../../lib/place.ts'
import { longestCallMs } from '../../lib/service/lock.ts'
import type { Connections } from './context.ts'

/** Connects to the account that the credentials belong to; its place is told again where something asks for it. */
export function connect(config: AwsConfig, prefix: string, locate: (place: Place) => void): Connections {
  const { region } = config
  const place = { region, console: addressOfPage(region, 'athena/home') }
  locate(place)
  const account = keepSuccess(async () => {
    const found = await describeAccount(config)
    locate({ ...place, account: found })
    return found
  })
  // What is written under the lock ends before the lock does.
  const underLock = { ...config, limits: { tryMs: longestCallMs, callMs: longestCallMs } }
  const bucket = async () => toolkitBucket(prefix, await account(), region)
  return {
    athena: makeAthena(config),
    tables: makeTables(config),
    partitions: makePartitions(underLock),
    objects: makeObjects(config),
    metrics: makeMetrics(config),
    streams: makeDeliveryStreams(config),
    subscriptions: makeSubscriptions(config),
    closedBills: makeClosedBills(underLock, bucket),
    lock: makeStoredLock(config, bucket, 'closed/lock.json'),
    published: makePublishedFiles(config, account),
    ledger: {
      read: async (cluster, since) => await makeLedger(config, await bucket()).read(cluster, since),
    },
    region,
  }
}
