import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { comparePictures } from '../../actions/check-service/picture/compare.ts'
import { drawPicture } from '../../actions/check-service/picture/draw.ts'
import { readKind } from '../../actions/check-service/picture/kind.ts'
import { decodePng } from '../../actions/check-service/picture/png.ts'
import { assemblePng, writePng } from '../fixtures/png.ts'

const noisy = readFileSync('example/picture/noisy.png')
const clean = readFileSync('example/picture/clean.png')

describe('the kind of a picture', () => {
  it('is read from PNG', () => {
    expect(readKind(noisy)).toEqual({ type: 'image/png', width: 256, height: 256 })
  })

  it('is read from JPEG, behind segments of other kinds', () => {
    const table = 'ffc40005000000'
    const bytes = Buffer.from(
      `ffd8ffe000044a46${table}ffc2000b08001000200101110 0`.replaceAll(' ', ''),
      'hex',
    )
    expect(readKind(bytes)).toEqual({ type: 'image/jpeg', width: 32, height: 16 })
  })

  it.each([
    ['II*\0', (size: 2 | 4, value: number) => (size === 2 ? u16le(value) : u32le(value))],
    ['MM\0*', (size: 2 | 4, value: number) => (size === 2 ? u16le(value).reverse() : u32le(value).reverse())],
  ] as const)('is read from TIFF in the order %j', (order, write) => {
    const pad = (value: number) => Buffer.concat([write(2, value), Buffer.alloc(2)])
    const bytes = Buffer.concat([
      ...[Buffer.from(order, 'latin1'), write(4, 8), write(2, 2)],
      ...[write(2, 256), write(2, 3), write(4, 1), pad(640)],
      ...[write(2, 257), write(2, 4), write(4, 1), write(4, 480)],
    ])
    expect(readKind(bytes)).toEqual({ type: 'image/tiff', width: 640, height: 480 })
  })

  it.each([
    ['nothing', ''],
    ['a text', 'aaaa'],
    ['a PNG that ends in its signature', '89504e470d0a1a0a'],
    ['a JPEG that ends before its frame', 'ffd8ffe00004'],
    ['a TIFF whose directory is beyond its end', '49492a00ffffff7f'],
  ])('is unknown for %s', (_, hex) => {
    expect(readKind(Buffer.from(hex, 'hex'))).toBeUndefined()
  })
})

const u16le = (value: number) => Buffer.from(Uint16Array.of(value).buffer)
const u32le = (value: number) => Buffer.from(Uint32Array.of(value).buffer)

describe('a PNG', () => {
  it.each([0, 2, 4, 6] as const)('of colour type %i is decoded, with 8 and with 16 bits', (colorType) => {
    for (const depth of [8, 16] as const) {
      const png = writePng({ width: 3, height: 2, colorType, depth }, (x, y, channel) =>
        channel === 3 || (colorType === 4 && channel === 1) ? 9 : x * 10 + y,
      )
      const { values = [], ...size } = decodePng(png) ?? {}
      expect(size).toEqual({ width: 3, height: 2 })
      expect([...values].map(Math.round)).toEqual([0, 10, 20, 1, 11, 21])
    }
  })

  it('is decoded with each filter', () => {
    // The rows 10 20 30, as each filter writes them below the row 10 20 30 above.
    const filtered: [number, number[]][] = [
      [1, [10, 10, 10]],
      [2, [0, 0, 0]],
      [3, [5, 5, 5]],
      [4, [0, 0, 0]],
    ]
    for (const [filter, row] of filtered) {
      const rows = Buffer.from([0, 10, 20, 30, filter, ...row])
      const png = assemblePng({ width: 3, height: 2, colorType: 0, depth: 8 }, deflateSync(rows))
      expect([...(decodePng(png)?.values ?? [])]).toEqual([10, 20, 30, 10, 20, 30])
    }
  })

  it.each([
    ['with rows that are missing', () => assemblePng(grey(2, 2), deflateSync(Buffer.alloc(3)))],
    ['with more rows than it says', () => assemblePng(grey(2, 2), deflateSync(Buffer.alloc(100)))],
    ['larger than 64 Mi pixels', () => assemblePng(grey(2 ** 16, 2 ** 16), deflateSync(Buffer.alloc(9)))],
    ['with bytes that do not decompress', () => assemblePng(grey(2, 2), Buffer.from('no'))],
    ['that is cut', () => noisy.subarray(0, 30)],
  ])('%s is not decoded', (_, make) => {
    expect(decodePng(make())).toBeUndefined()
  })
})

const grey = (width: number, height: number) => ({ width, height, colorType: 0, depth: 8 }) as const

describe('a result', () => {
  const draw = (level: number, shift = 0, width = 4) =>
    writePng({ width, height: 4, level }, (x, y) => x + y + shift)

  it('may differ in its bytes only where it has other pixels', () => {
    expect(draw(0).equals(draw(9))).toBe(false)
    expect(comparePictures(draw(0), draw(9), undefined).problem).toMatch(/^expected other pixels/)
    expect(comparePictures(draw(0), draw(0, 1), undefined)).toMatchObject({
      problem: undefined,
      detail: '4 x 4, other pixels',
    })
  })

  it('has other pixels where one of them is another', () => {
    const end = (level: number) =>
      writePng({ width: 4, height: 4, level: 0 }, (x, y) => (x + y === 6 ? level : x + y))
    expect(comparePictures(end(50), end(51), undefined).problem).toBeUndefined()
  })

  it('is as good as the ratio of its noise says, against a clean picture of its size', () => {
    const { problem, detail, psnr } = comparePictures(draw(0, 2), draw(0, 1), draw(0))
    expect([problem, detail]).toEqual([undefined, '4 x 4, other pixels, 42.1 → 48.1 dB'])
    expect(psnr?.before).toBeCloseTo(10 * Math.log10(255 ** 2 / 4), 9)
    expect(psnr?.after).toBeCloseTo(10 * Math.log10(255 ** 2), 9)
    for (const other of [draw(0, 0, 5), Buffer.from('no picture')])
      expect(comparePictures(draw(0, 2), draw(0, 1), other).problem).toBe(
        'expected a PNG of 8 or 16 bits, to compare it with the clean picture',
      )
  })

  it('must have the size of the picture', () => {
    const { problem } = comparePictures(draw(0), draw(0, 1, 5), undefined)
    expect(problem).toBe('expected a result of 4 x 4 pixels, got 5 x 4')
  })

  it('must be a picture', () => {
    const { problem } = comparePictures(draw(0), Buffer.from('{}'), undefined)
    expect(problem).toBe('the result is no PNG, JPEG or TIFF, or a broken one')
  })

  it('of an unknown kind must have other bytes', () => {
    const [sent, same, other] = ['raw', 'raw', 'row'].map((text) => Buffer.from(text)) as [
      Buffer,
      Buffer,
      Buffer,
    ]
    expect(comparePictures(sent, same, undefined).problem).toMatch(/^expected other pixels/)
    expect(comparePictures(sent, other, undefined).problem).toBeUndefined()
  })

  it('must be closer to the clean picture, where there is one', () => {
    expect(comparePictures(noisy, clean, clean).psnr?.before).toBeCloseTo(23.7, 1)
    const darker = writePng({ width: 4, height: 4 }, () => 0)
    const problem = comparePictures(draw(0, 3), darker, draw(0)).problem
    expect(problem).toMatch(/^expected a result closer to the clean picture, got [\d.]+ dB after [\d.]+ dB$/)
  })
})

it('the drawn picture is a PNG with noise', () => {
  expect(readKind(drawPicture())).toEqual({ type: 'image/png', width: 96, height: 96 })
  expect(new Set(decodePng(drawPicture())?.values).size).toBeGreaterThan(100)
})
