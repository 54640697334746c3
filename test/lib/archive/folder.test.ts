import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Layout } from '../../fixtures/layout.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const makeFolder = () => {
  const layout = new Layout()
  return layout.finish(['v1', layout.image(['one'])]).toFolder()
}

describe('a folder', () => {
  it('gives its files by their path, whole and in pieces', async () => {
    const archive = await openForTest(makeFolder())
    expect(archive.sequential).toBe(false)
    expect([...archive.entries.keys()]).toEqual(expect.arrayContaining(['index.json', 'oci-layout']))
    expect((await archive.read('oci-layout')).toString()).toBe('{"imageLayoutVersion":"1.0.0"}')
    expect((await archive.peek('oci-layout')).toString()).toBe('{"imageLayoutVer')
    expect(() => archive.find('blobs')).toThrow('expected an entry "blobs", found none')
  })

  it('is refused where it is no layout, before all of its files are listed', async () => {
    await expect(openForTest(mkdtempSync(join(tmpdir(), 'other-')))).rejects.toThrow(
      'expected a folder with index.json, as OCI layouts have, found none',
    )
  })

  it('is refused with the place where a layout lies in it, if there is one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'other-'))
    mkdirSync(join(folder, 'inner'))
    writeFileSync(join(folder, 'inner', 'manifest.json'), '[]')
    await expect(openForTest(folder)).rejects.toThrow(/found none; .*inner/)
  })

  it('may be unpacked of an archive of docker save', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'saved-'))
    writeFileSync(join(folder, 'manifest.json'), '[]')
    expect([...(await openForTest(folder)).entries.keys()]).toEqual(['manifest.json'])
  })

  it('gives no big file whole', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'big.json'), '')
    truncateSync(join(folder, 'big.json'), 4 * 2 ** 20 + 1)
    const archive = await openForTest(folder)
    await expect(archive.read('big.json')).rejects.toThrow('expected JSON of at most 4194304 bytes')
  })

  it('gives what is left of a file that shrinks meanwhile', async () => {
    const folder = makeFolder()
    const archive = await openForTest(folder)
    truncateSync(join(folder, 'oci-layout'), 4)
    expect((await archive.read('oci-layout')).toString()).toBe('{"im')
  })

  it('takes a link that does not leave it', async () => {
    const folder = makeFolder()
    symlinkSync('oci-layout', join(folder, 'stays'))
    const archive = await openForTest(folder)
    expect((await archive.read('stays')).toString()).toContain('imageLayoutVersion')
  })

  it('refuses a link that leaves it', async () => {
    const folder = makeFolder()
    const outside = join(mkdtempSync(join(tmpdir(), 'outside-')), 'secret')
    writeFileSync(outside, 'secret')
    symlinkSync(outside, join(folder, 'leaves'))
    await expect(openForTest(folder)).rejects.toThrow(`archive: "leaves" is a link to "${outside}", which`)
  })

  it('names the file that is gone meanwhile', async () => {
    const folder = makeFolder()
    const archive = await openForTest(folder)
    unlinkSync(join(folder, 'oci-layout'))
    await expect(archive.open('oci-layout')).rejects.toThrow('oci-layout: does not exist')
  })
})
