import { execFileSync } from 'node:child_process'
import { mkdtempSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ByteSource } from '../../../lib/archive/byte-source.ts'
import { boundReads, readJson } from '../../../lib/archive/json-entry.ts'
import { openArchive } from '../../../lib/archive/open-archive.ts'
import { parsePax } from '../../../lib/archive/tar.ts'
import { indexTar, readExtension } from '../../../lib/archive/tar-index.ts'
import { writeTemporary } from '../../fixtures/archive.ts'
import { openForTest } from '../../fixtures/open-archive.ts'
import { makePax, makeRawTar, type RawEntry } from '../../fixtures/tar.ts'

const openRaw = async (...entries: RawEntry[]) => await openForTest(writeTemporary(makeRawTar(entries)))
const pax = (records: Record<string, string>, type = 'x') => ({ name: 'p', type, content: makePax(records) })
const mebibyte = 1024 ** 2

describe('a tar is read up to its bounds', () => {
  it('has names and links of 1,024 bytes at most', async () => {
    const name = 'é'.repeat(512)
    const archive = await openRaw(pax({ path: name }), { name: '-', content: 'N' })
    expect((await archive.read(name)).toString()).toBe('N')
    for (const key of ['path', 'linkpath'])
      await expect(openRaw(pax({ [key]: `${name}x` }), { name: '-' })).rejects.toThrow(
        `archive: offset 2048: expected names of at most 1024 bytes, got "${'é'.repeat(200)}…"`,
      )
  })

  it('has headers of a mebibyte at most', async () => {
    const header = (sizeBytes: number) => ({
      name: 'p',
      type: 'L',
      sizeBytes,
      content: Buffer.alloc(sizeBytes),
    })
    expect((await openRaw(header(mebibyte), { name: 'a' })).entries.size).toBe(1)
    await expect(openRaw(header(mebibyte + 1), { name: 'a' })).rejects.toThrow(
      'archive: offset 0: expected a header of at most 1048576 bytes, got 1048577',
    )
  })

  it('has links through 40 others at most', async () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, at) => ({ name: `l${at}`, linkName: `l${at + 1}`, type: '2' }))
    const good = await openRaw(...chain(40), { name: 'l40', content: 'L' })
    expect((await good.read('l0')).toString()).toBe('L')
    const bad = await openRaw(...chain(41), { name: 'l41', content: 'L' })
    expect(() => bad.find('l0')).toThrow('"l0" is a link that leads through more than 40 others')
  })

  it('has no list of entries without an end', async () => {
    const header = makeRawTar([{ name: 'a' }])
    let headers = 0
    const take = async () => {
      headers += 1
      return header
    }
    await expect(indexTar({ name: 'endless.tar', take, skip: async () => 0 })).rejects.toThrow(
      'archive: endless.tar: expected at most 32768 entries, got more',
    )
    expect(headers).toBe(32_769)
  })

  it('keeps of a header what it uses: one may hold any number of records, for all entries that follow', () => {
    const records = { path: 'a', mtime: '1', 'SCHILY.xattr.x': 'y', xpath: 'b', pathx: 'c', size: '1' }
    expect([...readExtension('g', makePax(records), 0).keys()]).toEqual(['path', 'size'])
  })

  it('has no sparse file, whatever its record', async () => {
    await expect(openRaw(pax({ 'GNU.sparse.major': '1' }), { name: 'a' })).rejects.toThrow(
      'archive: offset 1024: "a" is written as a sparse file, which is not supported; make the tar without --sparse, or by bsdtar with --no-read-sparse',
    )
    expect(
      (await openRaw(pax({ 'XGNU.sparse.major': '1', 'GNU.sparse': '1' }), { name: 'a' })).entries.size,
    ).toBe(1)
  })

  it.each(['1.5', 'x', ' ', '1e3', '0x10', '9007199254740992'])('has no size of "%s"', async (size) => {
    await expect(openRaw(pax({ size }), { name: 'a' })).rejects.toThrow(
      `archive: "a": expected a size in bytes, got "${size}"`,
    )
  })
})

describe('entries of a tar', () => {
  it('are files, also in the old ways to say so; folders and devices are none', async () => {
    const archive = await openRaw(
      ...['\0', '7', '0'].map((type) => ({ name: `file ${type.codePointAt(0)}`, type, content: 'F' })),
      ...['3', '4', '5', '6'].map((type) => ({ name: type, type, sizeBytes: 1000 })),
      { name: 'last', content: 'L' },
    )
    expect([...archive.entries.keys()]).toEqual(['file 0', 'file 55', 'file 48', 'last'])
  })

  it.each(['./a', '/a', './/a/', '././a', 'a//'])(
    'are named a where they are written as %s',
    async (name) => {
      expect([...(await openRaw({ name, content: 'A' })).entries.keys()]).toEqual(['a'])
    },
  )

  it.each(['.a', '..a', 'b/../a', '../a', '.d/...'])('keep the name %s', async (name) => {
    expect([...(await openRaw({ name, content: 'A' })).entries.keys()]).toEqual([name])
  })

  it('take the place of earlier ones of the same name', async () => {
    const archive = await openRaw({ name: 'a', content: 'old' }, { name: './a', content: 'new' })
    expect((await archive.read('a')).toString()).toBe('new')
  })

  it('have the names of their own header, not of the one before, and those of a global one', async () => {
    const archive = await openRaw(
      pax({ path: 'one' }),
      { name: '-', content: '1' },
      { name: 'two', content: '2' },
      pax({ path: 'all' }, 'g'),
      pax({ path: 'three' }),
      { name: '-', content: '3' },
      { name: '-', content: '4' },
    )
    expect([...archive.entries.keys()]).toEqual(['one', 'two', 'three', 'all'])
    expect((await archive.read('all')).toString()).toBe('4')
  })

  it('have names of the full length of the field', async () => {
    const [name, prefix] = ['n'.repeat(100), 'p'.repeat(155)]
    expect([...(await openRaw({ name, prefix })).entries.keys()]).toEqual([`${prefix}/${name}`])
  })
})

it.each([
  ['no record', 'x'],
  ['a record without a length', ' a=b\n'],
  ['a length of none', '0 a=b\n'],
  ['a record without a key', '5 =b\n'],
  ['a record without a value', '4 a\n'],
  ['a record that ends behind the header', '9 a=b\n'],
])('refuses a pax header with %s', (_, text) => {
  expect(() => parsePax(Buffer.from(text), 512)).toThrow(
    'archive: offset 512: expected a pax record, got other bytes',
  )
  expect(() => parsePax(Buffer.from(`6 k=v\n${text}`), 512)).toThrow('archive: offset 518: ')
})

it('reads the records of a pax header', () => {
  expect([...parsePax(Buffer.from('6 a=b\n8 b=c=d\n5 c=\n'), 0)]).toEqual([
    ['a', 'b'],
    ['b', 'c=d'],
    ['c', ''],
  ])
})

describe('JSON of an archive', () => {
  const many = (count: number) => JSON.stringify(Array(count - 1).fill([]))

  it('is refused where it is none, or of too many lists and maps', async () => {
    const archive = await openRaw(
      { name: 'text', content: 'x' },
      { name: 'much', content: many(200_001) },
      { name: 'enough', content: many(200_000) },
    )
    await expect(readJson(archive, 'text')).rejects.toThrow('archive: text: expected JSON, got other bytes')
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const marked = await openRaw({ name: 'a', content: Buffer.from('\ufeff[]', encoding) })
      await expect(readJson(marked, 'a')).rejects.toThrow(
        'archive: a: expected JSON, got a text with a byte order mark; write it in UTF-8 without one',
      )
    }
    await expect(readJson(archive, 'much')).rejects.toThrow(
      'archive: much: expected JSON of at most 200000 lists and maps, got 200001',
    )
    expect((await readJson(archive, 'enough')).value).toHaveLength(199_999)
  })

  it('is read up to 32 MiB in all', async () => {
    const archive = boundReads(
      await openRaw({ name: 'a', content: Buffer.alloc(4 * mebibyte) }, { name: 'b', content: 'b' }),
    )
    for (let read = 0; read < 8; read++) expect(await archive.read('a')).toHaveLength(4 * mebibyte)
    await expect(archive.read('b')).rejects.toThrow(
      `archive: ${archive.name}: expected manifests and configs of at most 33554432 bytes in all, got more`,
    )
  })
})

describe('an archive that is opened', () => {
  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['packed', zstdCompressSync],
  ])('gives no big file whole, whatever its name, and its layers in pieces: %s', async (_, pack) => {
    const content = Buffer.alloc(4 * mebibyte + 1, ' ')
    const archive = await openForTest(writeTemporary(pack(makeRawTar([{ name: 'layer.tar', content }]))))
    expect(await (await archive.open('layer.tar')).read(Buffer.alloc(9))).toBe(9)
    await expect(archive.read('layer.tar')).rejects.toThrow(
      'archive: layer.tar: expected JSON of at most 4194304 bytes, got 4194305',
    )
  })

  it.each(['index.json', 'manifest.json'])('is refused at once where its %s is big', async (name) => {
    const tar = makeRawTar([{ name, content: Buffer.alloc(4 * mebibyte + 1, ' ') }])
    await expect(openForTest(writeTemporary(zstdCompressSync(tar)))).rejects.toThrow(
      `archive: ${name}: expected JSON of at most 4194304 bytes, got 4194305`,
    )
  })

  it('may be no pipe', async () => {
    const pipe = join(mkdtempSync(join(tmpdir(), 'pipe-')), 'p')
    execFileSync('mkfifo', [pipe])
    await expect(openArchive(pipe)).rejects.toThrow(
      `archive: ${pipe}: expected a file or a folder, got a pipe, a socket or a device; write the archive to a file first`,
    )
    unlinkSync(pipe)
  })

  const sourceOf = (bytes: Buffer) => {
    let closed = 0
    const source: ByteSource = {
      name: 'source',
      sizeBytes: bytes.length,
      readInto: async (target, offset) => {
        target.set(bytes.subarray(offset, offset + target.length))
      },
      close: async () => {
        closed += 1
      },
    }
    return { source, closed: () => closed }
  }

  it('is closed again where it is none', async () => {
    const { source, closed } = sourceOf(Buffer.alloc(600, 'x'))
    await expect(openArchive(source)).rejects.toThrow('expected an image archive, got text')
    expect(closed()).toBe(1)
  })

  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['packed', gzipSync],
  ])('closes its source, and reads no more after a cancel: %s', async (_, pack) => {
    const { source, closed } = sourceOf(pack(makeRawTar([{ name: 'a', content: 'A'.repeat(2_000_000) }])))
    const abort = new AbortController()
    const archive = await openArchive(source, abort.signal)
    const reader = await archive.open('a')
    abort.abort(new Error('cancelled'))
    await expect(reader.read(Buffer.alloc(2_000_000))).rejects.toThrow('cancelled')
    await archive.close()
    expect(closed()).toBe(1)
  })
})
