import { expect, it } from 'vitest'
import { makeZip } from '../../../actions/deploy-stack/apply/zip.ts'

const file = (name: string, content: string, executable = false) => ({
  name,
  content: Buffer.from(content),
  executable,
})

// Byte by byte, after https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
it('writes headers, contents and directory as the format says', () => {
  const zip = makeZip([file('b', 'bb', true), file('a', '')])
  const local = (crc: string, packed: number, size: number) =>
    `504b0304 1400 0008 0800 0000 2100 ${crc} 0${packed}000000 0${size}000000 0100 0000`
  const central = (crc: string, packed: number, size: number, mode: string, offset: string) =>
    `504b0102 1403 1400 0008 0800 0000 2100 ${crc} 0${packed}000000 0${size}000000 0100 0000 0000 0000 0000 ${mode} ${offset}000000`
  const hex = (name: string) => Buffer.from(name).toString('hex')
  const expected = [
    ...[local('00000000', 2, 0), hex('a'), '0300'],
    ...[local('ae1baeb5', 4, 2), hex('b'), '4b4a0200'],
    ...[central('00000000', 2, 0, '0000a481', '00'), hex('a')],
    ...[central('ae1baeb5', 4, 2, '0000ed81', '21'), hex('b')],
    '504b0506 0000 0000 0200 0200 5e000000 44000000 0000',
  ]
  expect(zip.toString('hex')).toBe(expected.join('').replaceAll(' ', ''))
})

it('sorts by the bytes of the names, whatever the order was', () => {
  const files = ['é', 'z', 'Z', 'a/b'].map((name) => file(name, name))
  expect(makeZip(files)).toEqual(makeZip(files.toReversed()))
  const parts = makeZip(files).toString('latin1').split('PK\x03\x04').slice(1)
  expect(parts.map((part) => part.slice(26, 26 + part.charCodeAt(22)))).toEqual(['Z', 'a/b', 'z', 'Ã©'])
})

it('refuses more files than every reader supports', () => {
  expect(() => makeZip(Array(65_536).fill(file('a', '')))).toThrow(
    'assets: expected at most 65535 files in a zip, got 65536',
  )
})

it.each(['', '/a', 'a//b', './a', 'a/../b', 'a/', 'a\\b', 'a\nb', 'a\u007f', 'a'.repeat(65_536)])(
  'refuses a name that unpacks elsewhere or not at all: %j',
  (name) => {
    expect(() => makeZip([file('fine', ''), file(name, '')])).toThrow(
      'assets: expected a path that a zip can hold',
    )
  },
)
