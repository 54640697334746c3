import { truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { streamEntry } from '../../../lib/archive/archive.ts'
import { openArchive } from '../../../lib/archive/open-archive.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { writeTemporary } from '../../fixtures/archive.ts'
import { openForTest } from '../../fixtures/open-archive.ts'
import { makeHeader, makePax, makeRawTar, type RawEntry } from '../../fixtures/tar.ts'

const open = async (bytes: Uint8Array) => await openForTest(writeTemporary(bytes))
const openRaw = async (...entries: RawEntry[]) => await open(makeRawTar(entries))

/** Makes a tar whose files have the given sizes and no content but holes, and a last file behind them. */
function writeSparse(headers: Buffer[], sizeBytes: number): string {
  const path = writeTemporary(Buffer.concat(headers))
  const end = headers.length * 512 + sizeBytes
  truncateSync(path, end)
  writeFileSync(path, makeRawTar([{ name: 'behind', content: 'B' }]), { flag: 'a' })
  return path
}

describe('a tar', () => {
  it('is found entry by entry, also those with names over 100 characters', async () => {
    const name = `${'long/'.repeat(40)}name`
    const archive = await open(
      makeTar([
        { name: 'a', content: 'A' },
        { name: 'folder/' },
        { name, content: 'B' },
        { name: './c', content: '' },
      ]),
    )
    expect((await archive.read(name)).toString()).toBe('B')
    expect([...archive.entries.keys()]).toEqual(['a', name, 'c'])
    expect(archive.sequential).toBe(false)
  })

  it.each(['a/b', './a/b', 'a//b', 'a/./b', '/a/b', '././/a/.//b/', './a/b/.'])(
    'knows a file under one name, however that is written: %s',
    async (name) => {
      const archive = await openRaw({ name, content: 'B' }, { name: 'link', type: '1', linkName: name })
      expect([...archive.entries.keys()]).toEqual(['a/b', 'link'])
      expect((await archive.read('link')).toString()).toBe('B')
    },
  )

  it('gives an entry in pieces of the size that is asked for', async () => {
    const archive = await open(makeTar([{ name: 'a', content: 'x'.repeat(2500) }]))
    const reader = await archive.open('a')
    const target = Buffer.alloc(1000)
    const lengths = [await reader.read(target), await reader.read(target), await reader.read(target)]
    expect([...lengths, await reader.read(target)]).toEqual([1000, 1000, 500, 0])
    expect(Buffer.concat(await Array.fromAsync(streamEntry(archive, 'a'))).toString()).toBe('x'.repeat(2500))
  })

  it.each<[string, RawEntry[]]>([
    ['the prefix of ustar', [{ name: 'b', prefix: 'a' }]],
    [
      'a path of pax',
      [{ name: 'p', type: 'x', content: makePax({ path: 'a/b', mtime: '1' }) }, { name: '-' }],
    ],
    [
      'a path of pax in UTF-8',
      [{ name: 'p', type: 'x', content: makePax({ comment: 'é', path: 'a/b' }) }, { name: '-' }],
    ],
    [
      'a long name of GNU',
      [
        { name: '././@LongLink', type: 'L', content: 'a/b\0' },
        { name: '-', magic: 'ustar  \0' },
      ],
    ],
    ['a time where GNU has no prefix', [{ name: 'a/b', magic: 'ustar  \0', prefix: '14012345670' }]],
  ])('names an entry by %s', async (_, records) => {
    const named = records.map((record, at) =>
      at === records.length - 1 ? { ...record, content: 'B' } : record,
    )
    const archive = await openRaw(...named, { name: 'next', content: 'N' })
    expect((await archive.read('a/b')).toString()).toBe('B')
    expect((await archive.read('next')).toString()).toBe('N')
  })

  it('takes a size of pax for one entry, and a global header for all', async () => {
    const archive = await openRaw(
      { name: 'g', type: 'g', content: makePax({ linkpath: 'b' }) },
      { name: 'p', type: 'x', content: makePax({ size: '3' }) },
      { name: 'a', content: 'AAA', sizeBytes: 0 },
      { name: 'b', content: 'B' },
      { name: 'c', type: '2' },
      { name: 'd', type: '1' },
    )
    const contents = await Promise.all(['a', 'b', 'c', 'd'].map((name) => archive.read(name)))
    expect(contents.map(String)).toEqual(['AAA', 'B', 'B', 'B'])
  })

  it('takes an empty record of pax for none, also in the place of a global one', async () => {
    const archive = await openRaw(
      { name: 'g', type: 'g', content: makePax({ size: '1', path: 'z', linkpath: 'z' }) },
      { name: 'p', type: 'x', content: makePax({ size: '', path: '' }) },
      { name: 'a', content: 'AAA' },
      { name: 'p', type: 'x', content: makePax({ linkpath: '', path: '' }) },
      { name: 'b', type: '2', linkName: 'a' },
    )
    expect((await archive.read('a')).toString()).toBe('AAA')
    expect((await archive.read('b')).toString()).toBe('AAA')
  })

  it.each([
    ['base 256', (sizeBytes: number) => [makeHeader({ name: 'big', sizeBytes })]],
    [
      'pax',
      (sizeBytes: number) => {
        const pax = makePax({ size: String(sizeBytes) })
        const padded = Buffer.concat([pax, Buffer.alloc(512 - pax.length)])
        return [makeHeader({ name: 'p', type: 'x', content: pax }), padded, makeHeader({ name: 'big' })]
      },
    ],
  ])('reads on behind a file of 12 GiB with a size in %s', async (_, headersFor) => {
    const sizeBytes = 12 * 2 ** 30
    const archive = await openForTest(writeSparse(headersFor(sizeBytes), sizeBytes))
    expect(archive.find('big').sizeBytes).toBe(sizeBytes)
    expect((await archive.read('behind')).toString()).toBe('B')
  })

  it('may have a checksum of signed bytes, as old tars do', async () => {
    const header = makeHeader({ name: 'é' })
    const signed = new Int8Array(header.fill(' ', 148, 156)).reduce((total, byte) => total + byte, 0)
    header.write(`${signed.toString(8).padStart(6, '0')}\0 `, 148)
    expect([...(await open(header)).entries.keys()]).toEqual(['é'])
  })

  it('gives no big file whole', async () => {
    const sizeBytes = 17 * 2 ** 20
    const archive = await openForTest(writeSparse([makeHeader({ name: 'big.json', sizeBytes })], sizeBytes))
    await expect(archive.read('big.json')).rejects.toThrow(
      'archive: big.json: expected JSON of at most 4194304 bytes, got 17825792',
    )
  })

  it('takes the end of the file for the end of the tar, where no zero block stands', async () => {
    expect([...(await openRaw({ name: 'a', content: 'A' })).entries.keys()]).toEqual(['a'])
  })
})

describe('links of a tar', () => {
  const layer = { name: 'one/layer.tar', content: 'L' }

  it.each<[string, RawEntry]>([
    ['a symlink, from its own folder', { name: 'two/layer.tar', type: '2', linkName: '../one/layer.tar' }],
    ['a hard link, from the root', { name: 'two/layer.tar', type: '1', linkName: 'one/layer.tar' }],
    [
      'a hard link that claims a size',
      { name: 'two/layer.tar', type: '1', linkName: './one/layer.tar', sizeBytes: 1 },
    ],
  ])('stand for their file: %s', async (_, link) => {
    const archive = await openRaw(layer, link, {
      name: 'three/layer.tar',
      type: '2',
      linkName: '../two/layer.tar',
    })
    expect((await archive.read('two/layer.tar')).toString()).toBe('L')
    expect((await archive.read('three/layer.tar')).toString()).toBe('L')
    expect(archive.entries.get('two/layer.tar')?.sizeBytes).toBe(1)
  })

  it('take a long target from GNU and from pax', async () => {
    const long = `${'long/'.repeat(40)}layer.tar`
    const named = [
      { name: 'p', type: 'x', content: makePax({ path: long }) },
      { name: '-', content: 'L' },
    ]
    const archive = await openRaw(
      ...named,
      { name: '././@LongLink', type: 'K', content: `${long}\0` },
      { name: 'gnu', type: '1' },
      { name: 'p', type: 'x', content: makePax({ linkpath: long }) },
      { name: 'pax', type: '2' },
    )
    expect((await archive.read('gnu')).toString()).toBe('L')
    expect((await archive.read('pax')).toString()).toBe('L')
  })

  it.each(['../../etc/passwd', '/etc/passwd', '../..'])(
    'are refused where they leave the archive: %s',
    async (linkName) => {
      const archive = await openRaw({ name: 'one/layer.tar', type: '2', linkName })
      await expect(archive.open('one/layer.tar')).rejects.toThrow(
        `"one/layer.tar" is a link to "${linkName}", which leaves the archive`,
      )
    },
  )

  it('are refused where they lead nowhere, or in a circle', async () => {
    const archive = await openRaw(
      { name: 'a', type: '2', linkName: 'gone' },
      { name: 'b', type: '2', linkName: 'c' },
      { name: 'c', type: '1', linkName: 'b' },
    )
    expect(() => archive.find('a')).toThrow('"a" is a link to "gone", found no such file')
    expect(() => archive.find('b')).toThrow('"b" is a link that leads back to itself')
  })
})

describe('a damaged tar', () => {
  it.each<[string, () => Buffer, string]>([
    ['is empty', () => Buffer.alloc(0), 'expected a docker save archive, got an empty file'],
    ['holds other bytes', () => Buffer.alloc(2048, 'x'), 'expected an image archive, got text'],
    [
      'has a header with one wrong byte',
      () => {
        const bytes = makeTar([
          { name: 'a', content: 'A' },
          { name: 'b', content: 'B' },
        ])
        return bytes.fill('X', 1024, 1025)
      },
      'offset 1024: expected a header with checksum',
    ],
    [
      'has a header whose checksum is no number',
      () => makeTar([{ name: 'a', content: 'A' }]).fill('X', 148, 149),
      'offset 0: expected a tar header, got other bytes; the archive is damaged',
    ],
    [
      'is cut short in a file',
      () => makeTar([{ name: 'a', content: 'x'.repeat(5000) }]).subarray(0, 3000),
      '"a" ends at 5512, the file at 3000; it is truncated',
    ],
    [
      'is cut short in a header',
      () => makeTar([{ name: 'a', content: 'A' }, { name: 'b' }]).subarray(0, 1300),
      'offset 1024: expected a header of 512 bytes, got 276; it is truncated',
    ],
    [
      'is cut short in a pax header',
      () => makeRawTar([{ name: 'p', type: 'x', sizeBytes: 600, content: 'x' }]),
      '"p" ends at 1112, the file at 1024; it is truncated',
    ],
    [
      'has a size that is no number',
      () => withSize('12x45678901'),
      'offset 0: expected the size of an entry, got "12x45678901"',
    ],
    [
      'has a size of pax that is no number',
      () => makeRawTar([{ name: 'p', type: 'x', content: makePax({ size: '-1' }) }, { name: 'a' }]),
      '"a": expected a size in bytes, got "-1"',
    ],
    [
      'has a pax header that is no record',
      () => makeRawTar([{ name: 'p', type: 'x', content: 'nonsense' }, { name: 'a' }]),
      'offset 512: expected a pax record, got other bytes',
    ],
    [
      'has a header of many bytes',
      () => makeRawTar([{ name: 'p', type: 'x', sizeBytes: 2 ** 30 }]),
      'offset 0: expected a header of at most 1048576 bytes, got 1073741824',
    ],
    [
      'was written with holes',
      () => makeRawTar([{ name: 'a', type: 'S' }]),
      'offset 0: "a" is written as a sparse file, which is not supported; make the tar without --sparse, or by bsdtar with --no-read-sparse',
    ],
  ])('that %s is refused in one sentence', async (_, make, sentence) => {
    await expect(open(make())).rejects.toThrow(sentence)
  })

  it('is refused where the file shrinks after it was opened', async () => {
    const path = writeTemporary(makeTar([{ name: 'a', content: 'x'.repeat(5000) }]))
    const archive = await openForTest(path)
    truncateSync(path, 2000)
    await expect(archive.read('a')).rejects.toThrow(
      'offset 2000: expected 3512 more bytes, got the end of the file',
    )
  })

  it('is refused where it is not there', async () => {
    await expect(openArchive('/nowhere/app.tar')).rejects.toThrow(
      /^archive: \/nowhere\/app.tar: does not exist$/,
    )
    for (const transport of ['file:', 'oci-archive:'])
      await expect(openArchive(`${transport}app.tar`)).rejects.toThrow(
        `does not exist; write the path of an archive alone, without ${transport}`,
      )
    for (const path of ['~/app.tar', 'dist/*.tar'])
      await expect(openArchive(path)).rejects.toThrow('does not exist; write the whole path')
  })
})

function withSize(text: string): Buffer {
  const header = makeHeader({ name: 'a' })
  header.write(text, 124)
  header.write('        ', 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
