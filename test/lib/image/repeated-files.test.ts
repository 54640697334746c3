import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { watchLayers } from '../../../lib/image/repeated-files.ts'
import { makeTar, type TarFile } from '../../../scripts/example-image/tar.ts'
import { makeRawTar } from '../../fixtures/tar.ts'

const kibibyte = 1024
const model = randomBytes(300 * kibibyte)
const longName = `opt/${'deep/'.repeat(30)}model.bin`

/** Lets layers pass in pieces of a size; each one's diffID is its name. */
function findRepeated(layers: Record<string, readonly TarFile[] | Buffer>, pieceBytes = 100_000) {
  const { watch, findRepeated } = watchLayers()
  for (const [diffId, files] of Object.entries(layers)) {
    const tar = Buffer.isBuffer(files) ? files : makeTar(files)
    const watched = watch({ diffId })
    for (let at = 0; at < tar.length; at += pieceBytes) watched.update(tar.subarray(at, at + pieceBytes))
  }
  return findRepeated(Object.keys(layers))
}

const files = (content: Buffer, name = longName): TarFile[] => [
  { name: 'etc' },
  { name: 'etc/small', content: 'the same' },
  { name, content },
]

describe('files that a layer repeats', () => {
  it.each([13, 511, 4096, 1_000_000])('are found in pieces of %d bytes', (pieceBytes) => {
    const other = [{ name: 'usr/lib.so', content: model.subarray(1) }]
    const twice = { low: files(model), middle: other, high: [...files(model), ...other] }
    expect(findRepeated(twice, pieceBytes)).toEqual({
      count: 2,
      sizeBytes: 2 * model.length - 1,
      diffId: 'high',
      largest: expect.objectContaining({ name: longName, sizeBytes: model.length }),
    })
  })

  it('have the same path, size and content', () => {
    const changed = Buffer.from(model)
    changed[256 * kibibyte] = (changed[256 * kibibyte] ?? 0) ^ 1
    expect(findRepeated({ low: files(model), high: files(changed) })).toBeUndefined()
    expect(findRepeated({ low: files(model), high: files(model, 'other') })).toBeUndefined()
    expect(findRepeated({ low: files(model), high: files(model.subarray(1)) })).toBeUndefined()
  })

  it('are not those of one layer, of a layer that starts again, or of one that is no tar', () => {
    expect(findRepeated({ low: [...files(model), ...files(model)] })).toBeUndefined()
    const { watch, findRepeated: find } = watchLayers()
    for (const _ of 'twice') watch({ diffId: 'low' }).update(makeTar(files(model)))
    expect(find(['low', 'low'])).toBeUndefined()
    const odd = Buffer.concat([makeTar(files(model)).subarray(0, 1536), randomBytes(4096)])
    expect(findRepeated({ low: odd, high: odd, higher: randomBytes(10) })).toBeUndefined()
  })

  it('are not looked for behind a header that is too big to be kept', () => {
    const behind = (sizeBytes: number) => {
      const header = makeRawTar([{ name: 'p', type: 'L', content: Buffer.alloc(sizeBytes) }])
      return Buffer.concat([header, makeTar(files(model))])
    }
    const count = (layer: Buffer) => findRepeated({ low: layer, high: layer })?.count
    expect([count(behind(1024 ** 2)), count(behind(1024 ** 2 + 1))]).toEqual([1, undefined])
  })

  it('are those of the layers that were read', () => {
    const { watch, findRepeated: find } = watchLayers()
    watch({ diffId: 'high' }).update(makeTar(files(model)))
    expect(find(['low', 'high'])).toBeUndefined()
  })
})
