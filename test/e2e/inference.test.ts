import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { makeAppLayer } from '../../scripts/example-image/layers.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { makeExampleImage } from '../fixtures/example-image.ts'
import { deployService, pushServiceImage, runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const account = localAws()
/** Changes one byte of a text that occurs once. */
function changeByte(bytes: Buffer, before: string, after: string): Buffer {
  const at = bytes.indexOf(before)
  expect([before.length, bytes.indexOf(before, at + 1)]).toEqual([after.length, -1])
  const changed = Buffer.from(bytes)
  changed.write(after, at)
  return changed
}

async function infer(app: Buffer) {
  const uri = await pushServiceImage(account, 'app', makeExampleImage(app))
  const { dnsName, inputBucket } = await deployService(account, uri)
  const s3 = new S3Client({ ...account.config, forcePathStyle: true })
  const Body = readFileSync(join(root, 'example', 'picture', 'noisy.png'))
  await s3.send(new PutObjectCommand({ Bucket: inputBucket, Key: 'alice/noisy.png', Body }))
  const response = await fetch(`${account.endpoint}/_alb/${dnsName}/inference`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-ddn-user': 'alice' },
    body: JSON.stringify({ file: 'alice/noisy.png' }),
  })
  return { status: response.status, body: Object(await response.json()) }
}

it('answers with the code of the image that was pushed: one byte more or less changes the answer', async () => {
  // The stack makes the repository: it would find one that a push has made, and fail.
  await runIn(account, 'deploy-stack', { stacks: 'cloudformation/stacks.yml', only: 'storage' })
  const app = makeAppLayer()
  const first = await infer(app)
  expect([first.status, first.body.file]).toEqual([200, 'alice/noisy.png'])
  const changed = await infer(changeByte(app, 'np.sqrt(np.pi / 2)', 'np.sqrt(np.pi / 8)'))
  expect(changed.status).toBe(200)
  // The estimate is half as large with a quarter under the root.
  expect(changed.body.noise.before).toBeCloseTo(first.body.noise.before / 2, 5)
})
