import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { readAwsConfig } from '../../lib/aws/config.ts'
import { describeAccount } from '../../lib/aws/identity.ts'
import { ensureToolkitBucket, toolkitBucketName } from '../../lib/aws/toolkit-bucket.ts'
import type { Place } from './place.ts'

/** One step of the service's life: what it is called, and what it does; it gives its result in a few words. */
export type Step = { title: string; run(place: Place): Promise<string> }

/** The steps of the demo, in the order of a service's life. */
export const steps: readonly Step[] = [
  { title: "Make the toolkit's bucket", run: makeToolkitBucket },
  { title: 'Build the example image', run: buildImage },
  { title: 'Push the image', run: (place) => push('03-push', place) },
  { title: 'Push it again', run: (place) => push('04-push-again', place) },
]

const archive = join('out', 'deepdenoising.triton.tar')

async function makeToolkitBucket(place: Place): Promise<string> {
  const credentials = { accessKeyId: place.account, secretAccessKey: 'local' }
  const config = { ...readAwsConfig(place.env), endpoint: place.endpoint, credentials }
  const bucket = toolkitBucketName('ddn', await describeAccount(config), place.region)
  const client = new S3Client({ ...config, forcePathStyle: true })
  await ensureToolkitBucket(client, bucket, place.region)
  client.destroy()
  return bucket
}

async function buildImage(place: Place): Promise<string> {
  return (await place.script('scripts/example-image.ts', ['--output', archive])).trim()
}

async function push(name: string, place: Place): Promise<string> {
  const inputs = { archive, repository: 'deepdenoising-triton', 'create-repository': 'true' }
  const { outputs } = await place.action(name, 'push-image', inputs)
  const sent = (Number(outputs['uploaded-bytes']) / 1024 ** 2).toFixed(1)
  return `${outputs.result} ${outputs.digest?.slice(0, 19)}…, ${sent} MiB sent`
}
