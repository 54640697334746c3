import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readImage } from '../../../lib/image/read-image.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { writeTemporary } from '../../fixtures/archive.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const table: [names: string[], sentence: string][] = [
  [
    ['bin/sh', 'etc/passwd'],
    'it is a container export, not an image; use docker save in the place of docker export',
  ],
  [['.dockerenv', 'app'], 'it is a container export, not an image'],
  [
    ['out/index.json', 'out/oci-layout'],
    'its image is in the folder "out"; pack that folder itself: tar -C out -cf',
  ],
  [['out/manifest.json'], 'its image is in the folder "out"'],
  [['oci-layout', 'blobs/x'], 'it is an OCI layout without index.json; write it again'],
  [['repositories', 'a/layer.tar'], 'it was written by Docker before 1.10; load it, and save it again'],
  [['config.json', 'rootfs/bin/sh'], 'it is a runtime bundle, not an image'],
  [['Dockerfile', 'src/main.py'], 'it is a build context; build it: docker buildx build --output type=oci'],
  [['chart/Chart.yaml', 'chart/values.yaml'], 'it is a Helm chart; push it with helm push'],
  [['app.tar', 'notes.txt'], 'it holds "app.tar"; unpack it, and name that file'],
  [['a', 'b'], 'it holds a, b; docker save and skopeo copy write an archive of an image'],
]
const many = Array.from({ length: 30 }, (_, at) => `f${at}`)

describe('a tar without an image', () => {
  const read = async (names: readonly string[]) => {
    const tar = makeTar(names.map((name) => ({ name, content: 'x' })))
    return await readImage(await openForTest(writeTemporary(tar)), undefined)
  }

  it.each(table)('is told by its files: %j', async (names, sentence) => {
    await expect(read(names)).rejects.toThrow(`found neither; ${sentence}`)
  })

  it('has at most ten of them in the sentence, and may have none', async () => {
    await expect(read(many)).rejects.toThrow(/it holds f0, .*, f9, and 20 more; docker save/)
    const empty = openForTest(writeTemporary(Buffer.alloc(1024)))
    await expect(readImage(await empty, undefined)).rejects.toThrow(
      'found neither; it holds no files; docker save',
    )
  })
})

describe('a folder without an image', () => {
  const open = async (names: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'other-'))
    for (const name of names) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), 'x')
    }
    return await openForTest(folder)
  }

  it.each([
    ['out/index.json', 'found none; its image is in the folder "out"'],
    ['app.tar', 'found none; it holds "app.tar"; unpack it, and name that file'],
  ])('is told by its files: %s', async (name, sentence) => {
    await expect(open([name])).rejects.toThrow(sentence)
  })
})
