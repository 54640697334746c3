import { afterEach, describe, expect, it } from 'vitest'
import { parseAnnotations } from '../../actions/push-image/annotations.ts'
import { ociTypes } from '../../lib/oci/media-type.ts'
import { type OciRegistry, startOciRegistry } from '../fakes/oci-registry.ts'
import { makeImageArchive } from '../fixtures/archive.ts'
import { Layout } from '../fixtures/layout.ts'
import { readPushed, runPush, tagsOf } from '../fixtures/push.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

const annotations = [
  'manifest:org.opencontainers.image.revision=1a2b',
  'manifest,index[linux/amd64]:title=a=b, c',
  'plain=1',
  'index:org.opencontainers.image.revision=1a2b',
  'manifest[linux/arm64]:other=1',
].join('\n')
const added = { 'org.opencontainers.image.revision': '1a2b', title: 'a=b, c', plain: '1' }

async function push(archive: Buffer, inputs: Record<string, string> = {}) {
  const registry = await startOciRegistry()
  registries.push(registry)
  const given = { repository: `${registry.host}/team/app`, tags: 'v1', annotations, ...inputs }
  const { outputs, lines } = await runPush(archive, given)
  const again = await runPush(archive, given)
  const manifest = JSON.parse(String(outputs.manifest))
  const warnings = lines.filter((line) => line.startsWith('annotations: '))
  return { registry, outputs, manifest, warnings, again: again.outputs.result }
}

describe('annotations', () => {
  it('are added to the manifest of an image that docker save wrote, which is of OCI then', async () => {
    const { registry, manifest, warnings, again } = await push(makeImageArchive(['one', 'two']))
    expect(manifest).toMatchObject({ mediaType: ociTypes.manifest, annotations: added })
    const types = [manifest.config, ...manifest.layers].map(({ mediaType }) => mediaType)
    expect(types).toEqual([ociTypes.config, ociTypes.layer.gzip, ociTypes.layer.gzip])
    expect(readPushed(registry, 'v1').blobs).toHaveLength(2)
    expect(warnings).toEqual([
      expect.stringContaining(
        'not added: index:org.opencontainers.image.revision, manifest[linux/arm64]:other',
      ),
    ])
    expect(again).toBe('unchanged')
  })

  it('stand beside those that the manifest has, where a layer is compressed', async () => {
    const layout = new Layout()
    const { config, layers } = layout.read(layout.image(['one'], { kind: 'tar' }))
    const image = layout.manifest(config, layers, { annotations: { title: 'old', kept: '1' } })
    const { manifest, again } = await push(layout.finish(['v1', image]).toTar())
    expect(manifest.annotations).toEqual({ ...added, kept: '1' })
    expect(again).toBe('unchanged')
  })

  it.each([
    ['an image that is pushed as it is', 'gzip', (layout: Layout) => layout.image(['one'])],
    ['an image that stays uncompressed', 'none', (layout: Layout) => layout.image(['one'], { kind: 'tar' })],
    ['an index', 'gzip', (layout: Layout) => layout.index([layout.image(['one'], { kind: 'tar' })])],
  ] as const)('are not added to %s, with a warning', async (_, compression, make) => {
    const layout = new Layout()
    const top = make(layout)
    const { registry, warnings } = await push(layout.finish(['v1', top]).toTar(), { compression })
    expect(tagsOf(registry)).toEqual({ v1: top.digest })
    expect(warnings).toEqual([expect.stringMatching(/keeps its digest; not added: manifest:.*, plain, /)])
  })

  it.each(['tag:a=1', 'manifest:=1', 'manifest:a b=1', 'manifest[]:a=1'])('are never %s', (line) => {
    const [name = '', value = ''] = line.split('=')
    expect(() => parseAnnotations(new Map([[name, value]]))).toThrow('annotations: expected manifest:KEY')
  })
})
