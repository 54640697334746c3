import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type WalkBounds, walkFolder } from '../../lib/file-walk.ts'

/** Makes a folder of files; name to text. */
function makeFolder(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'walk-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const walk = async (folder: string, bounds: Partial<WalkBounds> = {}) =>
  await walkFolder(folder, { what: 'assets', mostEntries: 100, ...bounds })
const namesOf = async (folder: string) => (await walk(folder)).map(({ name }) => name)

describe('a walk', () => {
  it('lists files in the order of the bytes of their names, with place, size and whether they run', async () => {
    const folder = makeFolder({ 'b/c': '12', 'b.x': '1', a: '123', é: '', Z: '' })
    chmodSync(join(folder, 'b.x'), 0o755)
    chmodSync(join(folder, 'a'), 0o655)
    const files = await walk(folder)
    expect(files.map(({ name }) => name)).toEqual(['Z', 'a', 'b.x', 'b/c', 'é'])
    expect(files[2]).toEqual({ name: 'b.x', path: join(folder, 'b.x'), sizeBytes: 1, executable: true })
    expect(files[3]).toEqual({ name: 'b/c', path: join(folder, 'b/c'), sizeBytes: 2, executable: false })
    expect(files[1]?.executable).toBe(false)
  })

  it('takes a link for what it names, under its own name', async () => {
    const folder = makeFolder({ 'a/x': 'text' })
    symlinkSync('a', join(folder, 'b'))
    symlinkSync('a/x', join(folder, 'c'))
    const files = await walk(folder)
    expect(files.map(({ name }) => name)).toEqual(['a/x', 'b/x', 'c'])
    expect(new Set(files.map(({ path }) => path))).toEqual(new Set([join(folder, 'a/x')]))
  })

  it('passes over links back to folders that they stand in', async () => {
    const folder = makeFolder({ 'a/b/x': '' })
    symlinkSync('..', join(folder, 'a', 'up'))
    symlinkSync('../..', join(folder, 'a', 'b', 'top'))
    symlinkSync('.', join(folder, 'a', 'b', 'here'))
    expect(await namesOf(folder)).toEqual(['a/b/x'])
  })

  it('follows a folder that is a link itself', async () => {
    const folder = makeFolder({ 'a/x': '' })
    symlinkSync('a', join(folder, 'b'))
    expect(await namesOf(join(folder, 'b'))).toEqual(['x'])
  })

  it('ends when it is cancelled', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'))
    await expect(walk(makeFolder({ a: '' }), { signal })).rejects.toThrow('cancelled')
  })
})

describe('a walk refuses', () => {
  const refused = (message: string) => ({ name: 'UserError', message })

  it('a link that leaves the folder, also to one whose name begins with its name', async () => {
    const folder = makeFolder({ 'in/a': '', 'in2/x': '' })
    symlinkSync('../in2/x', join(folder, 'in', 'out'))
    await expect(walk(join(folder, 'in'))).rejects.toMatchObject(
      refused(`assets: "out" is a link to "${join(folder, 'in2/x')}", which leaves the folder`),
    )
  })

  it('a link that leads nowhere', async () => {
    const folder = makeFolder({ 'a/x': '' })
    symlinkSync('nowhere', join(folder, 'a', 'l'))
    await expect(walk(folder)).rejects.toThrow(
      /^assets: "a\/l" is a link that leads to no file or folder \(ENOENT: /,
    )
  })

  it('what is neither a file nor a folder', async () => {
    const folder = makeFolder({})
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await expect(walk(folder)).rejects.toMatchObject(
      refused('assets: "pipe" is neither a file nor a folder; remove it from the folder'),
    )
  })

  it('more files and folders than the bound, and takes as many', async () => {
    const folder = makeFolder({ 'a/x': '', b: '' })
    expect(await walk(folder, { mostEntries: 3 })).toHaveLength(2)
    await expect(walk(folder, { mostEntries: 2 })).rejects.toMatchObject(
      refused(`assets: ${folder}: expected at most 2 files and folders, got more`),
    )
  })

  it('more bytes than the bound, folders not counted, and takes as many', async () => {
    const folder = makeFolder({ 'a/x': '123', b: '45' })
    expect(await walk(folder, { mostBytes: 5 })).toHaveLength(2)
    await expect(walk(folder, { mostBytes: 4 })).rejects.toMatchObject(
      refused(`assets: ${folder}: expected files of at most 4 bytes in all, got more`),
    )
  })

  it('a folder that is not there, by the error of Node', async () => {
    await expect(walk('/nowhere')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
