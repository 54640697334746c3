import { DescribeDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** A delivery stream, and where it puts what it gets; times are in the zone of its partitions. */
export type DeliveryStream = {
  arn: string
  /** Such as `ACTIVE`. */
  status: string
  bucket: string
  prefix: string
  errorPrefix: string
  /** `UTC` unless the stream names another. */
  timeZone: string
}

/** Reads of Firehose. */
export type DeliveryStreams = { describe(name: string): Promise<DeliveryStream | undefined> }

/** Creates the adapter to Firehose. */
export function makeDeliveryStreams(config: AwsConfig): DeliveryStreams {
  const client = makeClient(FirehoseClient, config)
  return {
    describe: async (DeliveryStreamName) => {
      try {
        const { DeliveryStreamDescription: stream } = await client.send(
          new DescribeDeliveryStreamCommand({ DeliveryStreamName }),
        )
        const [destination] = stream?.Destinations ?? []
        const s3 = destination?.ExtendedS3DestinationDescription
        return {
          arn: stream?.DeliveryStreamARN ?? '',
          status: stream?.DeliveryStreamStatus ?? '',
          bucket: s3?.BucketARN?.split(':::')[1] ?? '',
          prefix: s3?.Prefix ?? '',
          errorPrefix: s3?.ErrorOutputPrefix ?? '',
          timeZone: s3?.CustomTimeZone ?? 'UTC',
        }
      } catch (error) {
        if (awsErrorName(error) === 'ResourceNotFoundException') return undefined
        throw error
      }
    },
  }
}
