import { createHash, randomBytes } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { expect, it } from 'vitest'
import { makeEcr } from '../../../lib/aws/ecr.ts'
import { tokenCredentials } from '../../../lib/registry/auth.ts'
import { Meter } from '../../../lib/registry/digest.ts'
import { openRepository } from '../../../lib/registry/registry.ts'
import { makeTransport } from '../../../lib/registry/transport.ts'
import { systemClock } from '../../../lib/wait.ts'
import { startLocalAws } from '../../../scripts/local-aws-process.ts'
import { localAws } from '../../local-aws.ts'

const mebibyte = 1024 ** 2

async function openRepositoryAt(config: ReturnType<typeof localAws>['config'], name: string) {
  await new ECRClient(config).send(new CreateRepositoryCommand({ repositoryName: name }))
  return await openExisting(config, name)
}

async function openExisting(config: ReturnType<typeof localAws>['config'], name: string) {
  const ecr = makeEcr(config)
  const { origin } = await ecr.authorize()
  const credentials = tokenCredentials(ecr.authorize, { clock: systemClock, mask: () => undefined })
  const signal = new AbortController().signal
  return openRepository(makeTransport({ origin, credentials, clock: systemClock, signal }), name)
}

async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  const piece = randomBytes(mebibyte)
  for (let at = 0; at < count; at++) {
    piece.writeUInt32LE(at)
    yield Buffer.from(piece)
  }
}

it('gives back the blob that was streamed to it', async () => {
  const repository = await openRepositoryAt(localAws().config, 'streamed')
  const meter = new Meter()
  await repository.upload(meter.pass(pieces(3)), () => meter.finish().digest)
  const { digest, sizeBytes } = meter.finish()
  const blob = await repository.getBlob(digest)
  expect(blob.length).toBe(sizeBytes)
  expect(`sha256:${createHash('sha256').update(blob).digest('hex')}`).toBe(digest)
})

it('refuses a blob whose digest is another', async () => {
  const repository = await openRepositoryAt(localAws().config, 'wrong')
  const digest = `sha256:${'0'.repeat(64)}`
  await expect(repository.upload(pieces(1), () => digest)).rejects.toThrow('400 DIGEST_INVALID')
  expect(await repository.hasBlob(digest)).toBe(false)
})

it('keeps a repository in the account of its token', async () => {
  const repository = await openRepositoryAt(localAws().config, 'mine')
  await repository.putBlob(Buffer.from('x'))
  const other = await openRepositoryAt(localAws().config, 'mine')
  expect(await other.hasBlob('sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881')).toBe(
    false,
  )
})

it('asks for a token, and takes none that it did not give', async () => {
  const { endpoint } = localAws().config
  for (const headers of [{}, { authorization: 'Basic bm8=' }] as Record<string, string>[]) {
    const answer = await fetch(`${endpoint}/v2/`, { headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="http/)
  }
})

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'

function describeBlob(bytes: Uint8Array, size = bytes.length) {
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size }
}

it('refuses a manifest that names a blob which is not there', async () => {
  const repository = await openRepositoryAt(localAws().config, 'incomplete')
  const config = Buffer.from('{}')
  await repository.putBlob(config)
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: describeBlob(config) }
  const layers = [describeBlob(Buffer.from('not sent'))]
  const bytes = Buffer.from(JSON.stringify({ ...manifest, layers }))
  await expect(repository.putManifest('v1', manifestType, bytes)).rejects.toThrow('400 MANIFEST_BLOB_UNKNOWN')
})

it('says how large an image is: the sum of its layers', async () => {
  const { config: aws } = localAws()
  const repository = await openRepositoryAt(aws, 'sized')
  const [config, layer] = [Buffer.from('{}'), Buffer.from('a layer')]
  for (const blob of [config, layer]) await repository.putBlob(blob)
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: describeBlob(config) }
  const bytes = Buffer.from(JSON.stringify({ ...manifest, layers: [describeBlob(layer)] }))
  await repository.putManifest('v1', manifestType, bytes)
  const answer = await new ECRClient(aws).send(new DescribeImagesCommand({ repositoryName: 'sized' }))
  expect(answer.imageDetails?.map(({ imageSizeInBytes }) => imageSizeInBytes)).toEqual([layer.length])
})

it('keeps images for the next start in a folder for state', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const { config } = localAws()
  const first = await startLocalAws({ state })
  const repository = await openRepositoryAt({ ...config, endpoint: first.endpoint }, 'kept')
  await repository.putBlob(Buffer.from('a layer'))
  await first.stop()
  const second = await startLocalAws({ state })
  try {
    const again = await openExisting({ ...config, endpoint: second.endpoint }, 'kept')
    expect((await again.getBlob(describeBlob(Buffer.from('a layer')).digest)).toString()).toBe('a layer')
  } finally {
    await second.stop()
  }
})

function residentMebibytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

it.runIf(globSync('/proc/self/status').length > 0)(
  'takes 1 GiB without growing by more than 200 MB',
  async () => {
    const port = String(20_000 + (process.pid % 20_000))
    const aws = await startLocalAws({ port: Number(port) })
    try {
      const { config } = localAws()
      const repository = await openRepositoryAt({ ...config, endpoint: aws.endpoint }, 'large')
      const before = residentMebibytes(aws.pid)
      const meter = new Meter()
      await repository.upload(meter.pass(pieces(1024)), () => meter.finish().digest)
      expect(await repository.hasBlob(meter.finish().digest)).toBe(true)
      expect(residentMebibytes(aws.pid) - before).toBeLessThan(200)
    } finally {
      await aws.stop()
    }
  },
)
