import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { keepSuccess } from '../../keep-success.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import { awsErrorName } from '../errors.ts'
import type { OwnedBucket } from '../owned-bucket.ts'
import { readText } from '../s3-body.ts'
import { openToolkitBucket } from './bucket.ts'

/** Bills of closed months, in the toolkit's bucket: one folder a month. */
export type ClosedBills = {
  /** Reads a file of a closed month, such as `bill.json`; undefined where it is missing. */
  read(month: string, file: string): Promise<string | undefined>
  /** Writes a file, over an earlier one. */
  write(month: string, file: string, text: string): Promise<void>
  /** Writes a file unless there is one; returns whether it was written now. */
  writeOnce(month: string, file: string, text: string): Promise<boolean>
  /** Names the place of a month, for messages. */
  place(month: string): string
}

const keyOf = (month: string, file: string) => `closed/${month}/${file}`

/** Creates the adapter to closed bills. */
export function makeClosedBills(config: AwsConfig, bucket: () => Promise<OwnedBucket>): ClosedBills {
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  const open = keepSuccess(async () => {
    const owned = await bucket()
    return { owned, toolkit: openToolkitBucket(client, owned, config.region) }
  })
  const put = async (month: string, file: string, text: string, isNew: boolean) => {
    const { owned, toolkit } = await open()
    await toolkit.ensure()
    const object = { ...owned, Key: keyOf(month, file), Body: text }
    await client.send(new PutObjectCommand({ ...object, ...(isNew ? { IfNoneMatch: '*' } : {}) }))
  }
  return {
    read: async (month, file) => {
      const { owned, toolkit } = await open()
      return (await toolkit.exists())
        ? await readText(client, { ...owned, Key: keyOf(month, file) })
        : undefined
    },
    write: async (month, file, text) => await put(month, file, text, false),
    writeOnce: async (month, file, text) => {
      try {
        await put(month, file, text, true)
        return true
      } catch (error) {
        if (!/^(PreconditionFailed|ConditionalRequestConflict)$/.test(awsErrorName(error))) throw error
        return false
      }
    },
    place: (month) => `closed/${month}/`,
  }
}
