import { describe, expect, it } from 'vitest'
import { openArchive } from '../../../lib/registry/archive.ts'
import { readImage } from '../../../lib/registry/image.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { makeImageArchive, writeTemporary } from '../../fixtures/archive.ts'

async function open(bytes: Uint8Array) {
  return await openArchive(writeTemporary(bytes))
}

describe('openArchive', () => {
  it('finds entries, also those with names over 100 characters', async () => {
    const name = `${'long/'.repeat(40)}name`
    const archive = await open(
      makeTar([
        { name: 'a', content: 'A' },
        { name, content: 'B' },
        { name: 'c', content: '' },
      ]),
    )
    expect((await archive.read(name)).toString()).toBe('B')
    expect([...archive.entries.keys()]).toEqual(['a', name, 'c'])
    await archive.close()
  })

  it('refuses an empty file', async () => {
    await expect(open(Buffer.alloc(0))).rejects.toThrow('expected a docker save archive, got an empty file')
  })

  it('refuses bytes that are no tar, and names the offset', async () => {
    await expect(open(Buffer.alloc(2048, 'x'))).rejects.toThrow('offset 0: expected a tar header')
  })

  it('refuses an archive that is cut short, and names the entry', async () => {
    const whole = makeTar([{ name: 'a', content: 'x'.repeat(5000) }])
    await expect(open(whole.subarray(0, 3000))).rejects.toThrow('"a" ends at 5512, the file at 3000')
  })

  it('refuses a file that is not there', async () => {
    await expect(openArchive('/nowhere/app.tar')).rejects.toThrow('archive: /nowhere/app.tar: does not exist')
  })
})

describe('readImage', () => {
  it.each(['legacy', 'oci'] as const)('reads layers and references of the %s layout', async (layout) => {
    const archive = await open(makeImageArchive(['one', 'two'], { layout, tags: ['app:v1', 'app:latest'] }))
    const image = await readImage(archive)
    expect(image.layers).toHaveLength(2)
    expect(image.references).toEqual(['app:v1', 'app:latest'])
    await archive.close()
  })

  it('names the layer that is missing', async () => {
    const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: null, Layers: ['gone/layer.tar'] }])
    const config = JSON.stringify({ rootfs: { diff_ids: ['sha256:0'] } })
    const archive = await open(
      makeTar([
        { name: 'c.json', content: config },
        { name: 'manifest.json', content: manifest },
      ]),
    )
    await expect(readImage(archive)).rejects.toThrow('names the layer "gone/layer.tar", found no such entry')
    await archive.close()
  })

  it('refuses a config that is not JSON', async () => {
    const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: [], Layers: [] }])
    const archive = await open(
      makeTar([
        { name: 'c.json', content: '<html>' },
        { name: 'manifest.json', content: manifest },
      ]),
    )
    await expect(readImage(archive)).rejects.toThrow('archive: c.json: expected JSON, got other bytes')
    await archive.close()
  })
})
