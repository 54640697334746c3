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
