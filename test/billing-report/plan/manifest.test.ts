import { expect, it } from 'vitest'
import {
  digestOf,
  filesOf,
  formatManifest,
  hasNewFile,
  isManifestOf,
  keysOf,
} from '../../../actions/billing-report/plan/manifest.ts'

const file = (key: string, more: object = {}) => ({ key, size: 1, etag: 'e', ...more })
const day = (at: number) => `2026-03-0${at}`

it('lists what arrived from the first day of a window up to the next, by day', () => {
  const arrivals = new Map([5, 3, 4, 2, 1].map((at) => [day(at), [file(`${at}a`), file(`${at}b`)]]))
  const keys = filesOf(arrivals, { first: day(2), next: day(4) } as never).map(({ key }) => key)
  expect(keys).toEqual(['2a', '2b', '3a', '3b'])
})

it('finds an object that a roll-up has not read, or has read in another version', () => {
  const manifest = formatManifest([file('a'), file('b')])
  expect(manifest).toBe('["a",1,"e"]\n["b",1,"e"]\n')
  expect(hasNewFile([file('b')], manifest)).toBe(false)
  expect(hasNewFile([], manifest)).toBe(false)
  for (const other of [file('c'), file('a', { size: 2 }), file('a', { etag: 'f' })]) {
    expect(hasNewFile([file('a'), other], manifest)).toBe(true)
    expect(digestOf([other])).not.toBe(digestOf([file('a')]))
  }
  expect(digestOf([file('a'), file('b')])).not.toBe(digestOf([file('b'), file('a')]))
})

it('knows the manifest of objects by their digest', () => {
  for (const files of [[], [file('a')], [file('a'), file('b')]]) {
    expect(isManifestOf(formatManifest(files), digestOf(files))).toBe(true)
    expect(isManifestOf(`${formatManifest(files)}${formatManifest([file('c')])}`, digestOf(files))).toBe(
      false,
    )
  }
  expect(isManifestOf(formatManifest([file('a')]), undefined)).toBe(false)
})

it('lists the keys that a manifest names, and passes over what is no line of one', () => {
  expect(keysOf(formatManifest([file('a'), file('b "c"')]))).toEqual(['a', 'b "c"'])
  expect(keysOf('')).toEqual([])
  expect(keysOf('["a"\nnull\n[1]\n["c",1,"e"]')).toEqual(['c'])
})
