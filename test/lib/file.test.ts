import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readTextFile } from '../../lib/file.ts'

it.each([
  ['no/file.yml', 'no/file.yml: does not exist; was the repository checked out?'],
  ['test', 'test: is a folder, expected a file'],
  ['package.json/x', 'package.json/x: is no folder'],
  ['/dev/null', '/dev/null: expected a file, got a pipe, a socket or a device'],
])('says why %s cannot be read', (path, message) => {
  expect(() => readTextFile(path)).toThrow(message)
})

it('gives advice of the caller', () => {
  expect(() => readTextFile('rates.yml', 'write one')).toThrow('rates.yml: does not exist; write one')
})

it.each<[string, Buffer, string]>([
  ['Latin-1', Buffer.from('caf\xe9', 'latin1'), 'bytes of another encoding'],
  ['UTF-16', Buffer.from('\ufeffa: b', 'utf16le'), 'UTF-16'],
  ['UTF-16, big-endian', Buffer.from([0xfe, 0xff, 0, 97]), 'UTF-16'],
])('refuses a file in %s', (_, bytes, got) => {
  const path = writeFile(bytes)
  expect(() => readTextFile(path)).toThrow(`${path}: expected text in UTF-8, got ${got}; save it as UTF-8`)
})

it.each(['', 'a: café 😀\r\n', '\ufeffa: b'])('reads %j as it is', (text) => {
  expect(readTextFile(writeFile(Buffer.from(text)))).toBe(text)
})

function writeFile(bytes: Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'file-')), 'file')
  writeFileSync(path, bytes)
  return path
}
