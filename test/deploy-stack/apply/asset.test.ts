import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packAsset, verifyAsset } from '../../../actions/deploy-stack/apply/asset.ts'
import { python } from '../../../scripts/local-aws-process.ts'

function makeFolder(names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'asset-'))
  mkdirSync(join(folder, 'inner'))
  for (const name of names) writeFileSync(join(folder, name), `content of ${name}`)
  return folder
}

it('packs the same files into the same bytes, whatever their order and times', async () => {
  const first = makeFolder(['index.js', 'inner/b.js', 'a.js'])
  const second = makeFolder(['a.js', 'inner/b.js', 'index.js'])
  utimesSync(join(second, 'a.js'), 1, 1)
  expect((await packAsset(second)).key).toBe((await packAsset(first)).key)
})

it('names a changed mode by another key', async () => {
  const folder = makeFolder(['run.sh'])
  const before = (await packAsset(folder)).key
  chmodSync(join(folder, 'run.sh'), 0o755)
  expect((await packAsset(folder)).key).not.toBe(before)
})

it('makes a zip that others can read', async () => {
  const folder = makeFolder(['index.js', 'inner/b.js'])
  const zip = join(folder, 'x.zip')
  writeFileSync(zip, (await packAsset(folder)).bytes)
  const script =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *z.namelist(), z.read("inner/b.js").decode())'
  expect(execFileSync(python, ['-c', script, zip], { encoding: 'utf8' }).trim()).toBe(
    'None index.js inner/b.js content of inner/b.js',
  )
})

it('marks what may be executed, and nothing else', async () => {
  const folder = makeFolder(['data', 'run.sh'])
  chmodSync(join(folder, 'data'), 0o644)
  chmodSync(join(folder, 'run.sh'), 0o755)
  const { bytes } = await packAsset(folder)
  const directory = bytes.toString('latin1').split('PK\x01\x02').slice(1)
  const modes = directory.map((entry) => Buffer.from(entry, 'latin1').readUInt16LE(36).toString(8))
  expect(modes).toEqual(['100644', '100755'])
})

it('refuses a folder that Lambda would refuse, before any of it is read', async () => {
  const folder = makeFolder(['index.js', 'model'])
  const { signal } = new AbortController()
  truncateSync(join(folder, 'model'), 250 * 1024 ** 2 - 'content of index.js'.length)
  await verifyAsset(folder, signal)
  truncateSync(join(folder, 'model'), 250 * 1024 ** 2)
  await expect(verifyAsset(folder, signal)).rejects.toThrow(
    /^assets: .*: expected files of at most 262144000 bytes in all/,
  )
})

it('ends when the run is cancelled', async () => {
  const cancelled = AbortSignal.abort(new Error('cancelled'))
  await expect(verifyAsset(makeFolder(['index.js']), cancelled)).rejects.toThrow(/^cancelled$/)
})

it.each([
  ['is missing', () => 'missing/folder', 'assets: the folder missing/folder does not exist; was it built?'],
  [
    'is empty',
    () => mkdtempSync(join(tmpdir(), 'asset-')),
    /^assets: the folder .* is empty; was it built\?$/,
  ],
])('refuses a folder that %s', async (_, make, message) => {
  await expect(packAsset(make())).rejects.toThrow(message)
})
