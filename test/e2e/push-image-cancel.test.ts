import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { beforeAll, expect, it } from 'vitest'
import { makeToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { parseManifest } from '../../lib/oci/manifest.ts'
import { runActionProcess } from '../../scripts/action-process.ts'
import { makeTar, makeTarHeader } from '../../scripts/example-image/tar.ts'
import { writeTemporary } from '../fixtures/archive.ts'
import { openEcrRepository } from '../fixtures/ecr-repository.ts'
import { localAws } from '../local-aws.ts'

const { config, env, account, region } = localAws()

// As long as nobody writes to it, it takes no room on the disk.
const holeBytes = 512 * 1024 ** 2

function hashHole(): string {
  const hash = createHash('sha256')
  const zeros = Buffer.alloc(16 * 1024 ** 2)
  for (let at = 0; at < holeBytes; at += zeros.length) hash.update(zeros)
  return `sha256:${hash.digest('hex')}`
}

/** Writes an archive with a small layer, and one that takes a while. */
async function writeArchive(): Promise<string> {
  const small = Buffer.alloc(1024, 'small')
  const diffIds = [`sha256:${createHash('sha256').update(small).digest('hex')}`, hashHole()]
  const rootfs = { type: 'layers', diff_ids: diffIds }
  const manifest = [{ Config: 'config.json', RepoTags: ['app:v1'], Layers: ['small.tar', 'large.tar'] }]
  const rest = makeTar([
    { name: 'small.tar', content: small },
    { name: 'config.json', content: JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }) },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ])
  const path = writeTemporary(makeTarHeader('large.tar', holeBytes))
  const file = await open(path, 'r+')
  await file.write(rest, 0, rest.length, 512 + holeBytes)
  await file.close()
  return path
}

beforeAll(async () => {
  await new ECRClient(config).send(new CreateRepositoryCommand({ repositoryName: 'team/app' }))
  await makeToolkitAssets(config, toolkitBucket('ddn', account, region)).ensure('any', Buffer.alloc(1))
})

it('moves no tag where it is interrupted in the middle, and goes on when it is run on another machine', async () => {
  const archive = await writeArchive()
  const push = (interrupt?: AbortController) =>
    runActionProcess({
      action: 'push-image',
      inputs: { archive, repository: 'team/app', tags: 'v1', concurrency: '2', cache: 'toolkit:ddn' },
      // The machine keeps nothing.
      env: { ...env, HOME: '/dev/null', RUNNER_TEMP: env.HOME },
      // The small layer is sent, and the large one on its way.
      onLine: (line) => line.startsWith('sent sha256:') && interrupt?.abort(),
      ...(interrupt && { signal: interrupt.signal }),
    })
  const cut = await push(new AbortController())
  expect([cut.exitCode, cut.outputs.result, cut.outputs['pushed-tags']]).toEqual([1, 'cancelled', ''])
  expect(Number(cut.outputs['uploaded-bytes'])).toBeGreaterThan(0)
  expect(cut.lines.filter((line) => line.startsWith('sent sha256:'))).toHaveLength(1)
  const repository = await openEcrRepository(config, 'team/app')
  expect(await repository.pullManifest('v1')).toBeUndefined()
  const again = await push()
  expect(again.outputs).toMatchObject({ result: 'pushed', 'pushed-tags': 'v1' })
  expect(again.lines.filter((line) => line.startsWith('sent sha256:'))).toHaveLength(1)
  const manifest = parseManifest((await repository.pullManifest('v1'))?.bytes ?? Buffer.alloc(0))
  expect(manifest?.layers).toHaveLength(2)
})
