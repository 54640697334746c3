import { expect, it } from 'vitest'
import { isTransient, RegistryError } from '../../../../lib/registry/http/errors.ts'

const url = new URL('https://registry.test/v2/')

it.each<[number, string[], boolean]>([
  [429, [], true],
  [408, [], true],
  [503, [], true],
  [501, [], false],
  [400, [], false],
  [403, ['TOOMANYREQUESTS'], true],
  [400, ['UNAVAILABLE'], true],
  [500, ['DENIED'], false],
  [503, ['UNAUTHORIZED'], false],
  [500, ['NAME_UNKNOWN'], false],
  [500, ['UNKNOWN'], true],
  [500, ['DENIED', 'UNAVAILABLE'], true],
])('an answer %i with the codes %j is worth another try: %s', (status, codes, transient) => {
  expect(isTransient(new RegistryError('GET', url, { status, codes }))).toBe(transient)
})
