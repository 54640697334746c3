import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packAsset } from '../../actions/deploy-stack/apply/asset.ts'
import { makeZip } from '../../actions/deploy-stack/apply/zip.ts'
import { openArchive } from '../../lib/archive/open-archive.ts'
import { readTextFile } from '../../lib/file.ts'
import { walkFolder } from '../../lib/file-walk.ts'

/** Makes a folder with one file, `index.js`. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  writeFileSync(join(folder, 'index.js'), 'content')
  return folder
}

const walk = (folder: string, mostEntries = 1000) => walkFolder(folder, { what: 'assets', mostEntries })
const namesOf = async (folder: string) => (await walk(folder)).map(({ name }) => name)
const makePipe = (path: string) => execFileSync('mkfifo', [path])

describe('a folder', () => {
  it('gives links to files and to folders within it as what they name', async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'inner'))
    writeFileSync(join(folder, 'inner', 'b.js'), '')
    symlinkSync('index.js', join(folder, 'lib.js'))
    symlinkSync('inner', join(folder, 'other'))
    expect(await namesOf(folder)).toEqual(['index.js', 'inner/b.js', 'lib.js', 'other/b.js'])
  })

  it('ends where links lead back to a folder that they stand in', async () => {
    const folder = makeFolder()
    for (const name of ['one', 'two']) symlinkSync('.', join(folder, name))
    mkdirSync(join(folder, 'inner'))
    symlinkSync('..', join(folder, 'inner', 'up'))
    expect(await namesOf(folder)).toEqual(['index.js'])
  })

  it('is ordered by the bytes of the names', async () => {
    const folder = makeFolder()
    for (const name of ['\u{1F600}', '\uFF5E', 'Z', 'a']) writeFileSync(join(folder, name), '')
    expect(await namesOf(folder)).toEqual(['Z', 'a', 'index.js', '\uFF5E', '\u{1F600}'])
  })

  it('is refused where its links make more files than it may have', async () => {
    const folder = makeFolder()
    for (let level = 0; level < 12; level++) {
      mkdirSync(join(folder, `level${level}`))
      for (const name of ['a', 'b']) symlinkSync(`../level${level + 1}`, join(folder, `level${level}`, name))
    }
    mkdirSync(join(folder, 'level12'))
    await expect(walk(folder)).rejects.toThrow('expected at most 1000 files and folders, got more')
  })

  it.each([
    ['a link to a folder', '/etc'],
    ['a link to a file', '/etc/passwd'],
    ['a link to the folder above', '..'],
    ['a link to a folder whose name begins as its own', 'sibling'],
  ])('is refused for %s outside', async (_, target) => {
    const folder = makeFolder()
    mkdirSync(`${folder}-sibling`)
    symlinkSync(target === 'sibling' ? `${folder}-sibling` : target, join(folder, 'leaves'))
    const message = /^assets: "leaves" is a link to ".*", which leaves the folder$/
    await expect(packAsset(folder)).rejects.toThrow(message)
  })

  it('is refused for a link that leads nowhere, or back to itself', async () => {
    for (const target of ['gone', 'dangling']) {
      const folder = makeFolder()
      symlinkSync(target, join(folder, 'dangling'))
      await expect(packAsset(folder)).rejects.toThrow('assets: "dangling" is a link that leads to no file')
    }
  })

  it('is refused for a pipe within it, also behind a link', async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'inner'))
    makePipe(join(folder, 'inner', 'pipe'))
    await expect(packAsset(folder)).rejects.toThrow('"inner/pipe" is neither a file nor a folder')
  })

  it('is refused with more bytes than Lambda takes', async () => {
    const folder = makeFolder()
    execFileSync('truncate', ['-s', '251M', join(folder, 'large')])
    await expect(packAsset(folder)).rejects.toThrow(
      'expected files of at most 262144000 bytes in all, got more',
    )
  })
})

it.each(['../evil', '/etc/passwd', 'a/../../b', 'a//b', './a', 'a\\..\\b', 'a\nb', ''])(
  'a zip holds no file %j',
  (name) => {
    const files = [{ name, content: Buffer.alloc(0), executable: false }]
    expect(() => makeZip(files)).toThrow('assets: expected a path that a zip can hold')
  },
)

it('a pipe is no archive and no template: neither is waited for', async () => {
  const pipe = join(makeFolder(), 'pipe')
  makePipe(pipe)
  await expect(openArchive(pipe)).rejects.toThrow(
    'expected a file or a folder, got a pipe, a socket or a device',
  )
  expect(() => readTextFile(pipe)).toThrow('expected a file, got a pipe, a socket or a device')
})

it('an archive that is opened ends with the signal', async () => {
  const path = join(makeFolder(), 'zeros.tar')
  execFileSync('truncate', ['-s', '1M', path])
  await expect(openArchive(path, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled')
})
