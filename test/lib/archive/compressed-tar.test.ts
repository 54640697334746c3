import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Archive, streamEntry } from '../../../lib/archive/archive.ts'
import type { ByteSource } from '../../../lib/archive/byte-source.ts'
import { readImage } from '../../../lib/image/read-image.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { makeImageArchive, writeTemporary } from '../../fixtures/archive.ts'
import { Layout } from '../../fixtures/layout.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const packers = { gzip: gzipSync, zstd: zstdCompressSync }
const kinds = ['gzip', 'zstd'] as const

const readAll = async (archive: Archive, name: string) =>
  Buffer.concat(await Array.fromAsync(streamEntry(archive, name))).toString()

/** Holds bytes, and counts the passes that start at their beginning. */
function makeCounted(bytes: Buffer): { source: ByteSource; passes: () => number } {
  let starts = 0
  const source: ByteSource = {
    name: 'counted',
    sizeBytes: bytes.length,
    readInto: async (target, offset) => {
      if (offset === 0 && target.length > 16) starts++
      target.set(bytes.subarray(offset, offset + target.length))
    },
    close: async () => {},
  }
  return { source, passes: () => starts }
}

const three = makeTar([
  { name: 'a', content: 'A'.repeat(100_000) },
  { name: 'b', content: 'B'.repeat(100_000) },
  { name: 'config.json', content: '{"small":true}' },
])

describe('a tar within a compressed stream', () => {
  it.each(kinds)('gives the same image as the plain one: %s', async (kind) => {
    const plain = makeImageArchive(['one', 'two'])
    const packed = await openForTest(writeTemporary(packers[kind](plain)))
    expect(packed.sequential).toBe(true)
    const expected = await readImage(await openForTest(writeTemporary(plain)), undefined)
    expect(await readImage(packed, undefined)).toEqual(expected)
  })

  it.each(kinds)('gives an OCI layout, whose layers are packed on their own: %s', async (kind) => {
    const layout = new Layout()
    const bytes = layout.finish(['v1', layout.image(['one', 'two'])]).toTar()
    const image = await readImage(await openForTest(writeTemporary(packers[kind](bytes))), undefined)
    expect(image).toEqual(await readImage(await openForTest(writeTemporary(bytes)), undefined))
  })

  it.each(kinds)('is read in one pass where entries are opened in its order: %s', async (kind) => {
    const { source, passes } = makeCounted(packers[kind](three))
    const archive = await openForTest(source)
    expect(passes()).toBe(1)
    expect(await readAll(archive, 'a')).toBe('A'.repeat(100_000))
    expect(await readAll(archive, 'b')).toBe('B'.repeat(100_000))
    expect(passes()).toBe(2)
  })

  it('starts again for an entry that stands before the last one', async () => {
    const { source, passes } = makeCounted(gzipSync(three))
    const archive = await openForTest(source)
    await readAll(archive, 'b')
    expect(await readAll(archive, 'a')).toBe('A'.repeat(100_000))
    expect(passes()).toBe(3)
  })

  it('reads two entries at a time, each in a pass of its own', async () => {
    const archive = await openForTest(writeTemporary(gzipSync(three)))
    const [a, b] = [await archive.open('a'), await archive.open('b')]
    const [first, second] = [Buffer.alloc(3), Buffer.alloc(3)]
    await Promise.all([a.read(first), b.read(second)])
    expect([first.toString(), second.toString()]).toEqual(['AAA', 'BBB'])
    await Promise.all([a.close(), b.close()])
    expect(await readAll(archive, 'a')).toBe('A'.repeat(100_000))
  })

  it('keeps small JSON from the first pass, and reads other small files in a later one', async () => {
    const text = 'a {text} that looks like no JSON'
    const json = `["${text}"]`
    const { source, passes } = makeCounted(
      gzipSync(
        makeTar([
          { name: 'j', content: json },
          { name: 't', content: text },
        ]),
      ),
    )
    const archive = await openForTest(source)
    expect((await archive.read('j')).toString()).toBe(json)
    expect(passes()).toBe(1)
    expect((await archive.read('t')).toString()).toBe(text)
    expect((await archive.peek('t')).toString()).toBe(text.slice(0, 16))
    expect(passes()).toBe(2)
  })

  it('keeps 32 MiB of JSON in all, each of 4 MiB at most, and reads the rest in later passes', async () => {
    const content = Buffer.alloc(4 * 2 ** 20, '[')
    const names = Array.from({ length: 9 }, (_, at) => `${at}.json`)
    const { source, passes } = makeCounted(
      zstdCompressSync(makeTar(names.map((name) => ({ name, content })))),
    )
    const archive = await openForTest(source)
    for (const name of names.slice(0, 8)) expect((await archive.read(name)).equals(content)).toBe(true)
    expect(passes()).toBe(1)
    expect((await archive.read('8.json')).equals(content)).toBe(true)
    expect(passes()).toBe(2)
  })

  it('is read through several members, frames and skippable frames', async () => {
    const [head, tail] = [three.subarray(0, 70_000), three.subarray(70_000)]
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
    const members = Buffer.concat([gzipSync(head), gzipSync(tail)])
    const frames = Buffer.concat([
      skippable,
      zstdCompressSync(head),
      skippable,
      zstdCompressSync(tail),
      skippable,
    ])
    for (const bytes of [members, frames]) {
      const archive = await openForTest(writeTemporary(bytes))
      expect(await readAll(archive, 'b')).toBe('B'.repeat(100_000))
    }
  })

  it.each(kinds)('is refused where the stream is cut short or damaged: %s', async (kind) => {
    const whole = packers[kind](three)
    await expect(openForTest(writeTemporary(whole.subarray(0, whole.length / 2)))).rejects.toThrow(
      `expected a whole ${kind} stream, got other bytes`,
    )
    const damaged = Buffer.from(whole).fill(0xff, 20, 60)
    await expect(openForTest(writeTemporary(damaged))).rejects.toThrow(`expected a whole ${kind} stream`)
  })

  it('is refused where the tar within is cut short, or there is none', async () => {
    await expect(openForTest(writeTemporary(gzipSync(three.subarray(0, 50_000))))).rejects.toThrow(
      '"a" ends at 100512, the file at 50000; it is truncated',
    )
    await expect(openForTest(writeTemporary(gzipSync(Buffer.alloc(1024, 'x'))))).rejects.toThrow(
      'expected an image archive, got text',
    )
  })
})
