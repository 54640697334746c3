import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { python, root } from '../../scripts/local-aws-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'image-'))

function build(name: string, layout: string): string {
  const output = join(folder, name)
  const args = ['scripts/example-image.ts', '--output', output, '--layout', layout]
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  return output
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function readArchive(path: string) {
  const output = execFileSync(python, [join(root, 'test', 'fixtures', 'read_archive.py'), path], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  })
  return JSON.parse(output)
}

describe.each(['legacy', 'oci'])('the image of the example service, in the layout %s', (layout) => {
  let path = ''
  let read: ReturnType<typeof readArchive>

  beforeAll(() => {
    path = build(`${layout}.tar`, layout)
    read = readArchive(path)
  })

  it('is the same bytes each time', async () => {
    expect(await digestOf(build(`${layout}-again.tar`, layout))).toBe(await digestOf(path))
    expect(read.owners).toEqual([[0, 0, 0]])
  })

  it('holds layers of packages, app and model, which are what the config says', () => {
    expect(read.config.rootfs.diff_ids).toEqual(read.layerDigests)
    const [packages, app, model] = read.layerNames
    expect(packages).toContainEqual(expect.stringMatching(/site-packages\/flask\/app\.py$/))
    expect(app).toContain('opt/ddn/ddn/__main__.py')
    expect(model).toContain('opt/ddn/model/denoiser.json')
    expect(
      read.layerNames.flat().filter((name: string) => /RECORD$|__pycache__|\/python3?$/.test(name)),
    ).toEqual([])
  })

  it('says how its process starts, and on which ports it listens', () => {
    expect(read.tags).toEqual(['deepdenoising-triton:latest'])
    expect(read.config.config.Entrypoint).toEqual(['python3', '-m', 'ddn'])
    expect(Object.keys(read.config.config.ExposedPorts)).toEqual(['50101/tcp', '50201/tcp'])
  })

  it('has each file where docker save puts it', () => {
    if (layout === 'legacy') {
      expect(read.names.filter((name: string) => name.endsWith('/layer.tar'))).toHaveLength(3)
      expect(read.index).toBeNull()
      return
    }
    const blobs = read.names.filter((name: string) => name.startsWith('blobs/'))
    expect(blobs).toHaveLength(5)
    for (const name of blobs) expect(read.digests[name]).toBe(name.replace('blobs/sha256/', 'sha256:'))
    const [manifest] = read.manifests
    expect(manifest.layers.map(({ digest }: { digest: string }) => digest)).toEqual(read.layerDigests)
  })
})
