import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openOutputFolder } from '../../../actions/billing-report/apply/output-folder.ts'

const newFolder = () => mkdtempSync(join(tmpdir(), 'bill-'))
const visible = (path: string) => readdirSync(path).filter((name) => !name.startsWith('.'))

describe('the folder of the files', () => {
  it('shows nothing before all is written, and then all', () => {
    const path = join(newFolder(), 'new', 'bill')
    const folder = openOutputFolder(path)
    folder.append('a.csv', 'é')
    folder.write('statements/b.html', '<p>')
    folder.append('a.csv', 'x'.repeat(600_000))
    folder.append('a.csv', '!')
    expect(visible(path)).toEqual([])
    expect(folder.publish('statements/2026-08-')).toEqual([
      join(path, 'a.csv'),
      join(path, 'statements/b.html'),
    ])
    folder.discard()
    expect(readFileSync(join(path, 'a.csv'), 'utf8')).toBe(`é${'x'.repeat(600_000)}!`)
    expect(readFileSync(join(path, 'statements/b.html'), 'utf8')).toBe('<p>')
    expect(readdirSync(path).sort()).toEqual(['a.csv', 'statements'])
  })

  it('leaves nothing where the process ends before it is published', () => {
    const path = newFolder()
    const others = process.listeners('exit')
    openOutputFolder(path).write('a.csv', 'new')
    for (const end of process.listeners('exit').filter((each) => !others.includes(each))) end(0)
    expect(readdirSync(path)).toEqual([])
  })

  it('takes away what a run left that was killed, and nothing of one that still runs', () => {
    const path = newFolder()
    const { pid } = spawnSync(process.execPath, ['--eval', ''])
    const names = [`.unpublished-${pid}-a`, `.unpublished-${process.ppid}-b`, '.unpublished-c', '.own']
    for (const name of names) mkdirSync(join(path, name, 'statements'), { recursive: true })
    openOutputFolder(path).discard()
    expect(readdirSync(path).sort()).toEqual(names.slice(1).sort())
  })

  it('replaces what an earlier bill of the month left, and nothing else', () => {
    const path = newFolder()
    const others = ['2026-07-2026-08-b.html', '2026-080-b.html', '2026-09-a.html', '~2026-08-a.html']
    const statements = ['2026-08-a.html', '2026-08-b.html', '2026-08-draft-a.html', ...others]
    writeFileSync(join(path, 'a.csv'), 'old')
    writeFileSync(join(path, 'own.txt'), 'mine')
    mkdirSync(join(path, 'statements'))
    for (const name of statements) writeFileSync(join(path, 'statements', name), 'old')
    const folder = openOutputFolder(path)
    folder.append('a.csv', 'new')
    folder.write('statements/2026-08-b.html', 'new')
    folder.publish('statements/2026-08-')
    folder.discard()
    expect(readFileSync(join(path, 'a.csv'), 'utf8')).toBe('new')
    expect(readFileSync(join(path, 'own.txt'), 'utf8')).toBe('mine')
    expect(readdirSync(join(path, 'statements')).sort()).toEqual(['2026-08-b.html', ...others].sort())
    expect(readFileSync(join(path, 'statements', '2026-08-b.html'), 'utf8')).toBe('new')
  })

  it('takes away statements of the month where the bill has none any more, and no other file', () => {
    const path = newFolder()
    mkdirSync(join(path, 'statements'))
    for (const name of ['2026-08-a.csv', '2026-09-a.csv'])
      writeFileSync(join(path, 'statements', name), 'old')
    const folder = openOutputFolder(path)
    folder.write('a.csv', 'new')
    folder.publish('statements/2026-08-')
    folder.discard()
    expect(readdirSync(join(path, 'statements'))).toEqual(['2026-09-a.csv'])
  })

  it('replaces a link to a folder elsewhere, and nothing in that folder', () => {
    const [path, elsewhere] = [newFolder(), newFolder()]
    writeFileSync(join(elsewhere, '2026-08-a.csv'), 'mine')
    symlinkSync(elsewhere, join(path, 'statements'))
    const folder = openOutputFolder(path)
    folder.write('statements/2026-08-a.csv', 'new')
    folder.publish('statements/2026-08-')
    folder.discard()
    expect(readFileSync(join(path, 'statements', '2026-08-a.csv'), 'utf8')).toBe('new')
    expect(readFileSync(join(elsewhere, '2026-08-a.csv'), 'utf8')).toBe('mine')
  })

  it('leaves what was there where nothing is published, and takes nothing afterwards', () => {
    const path = newFolder()
    writeFileSync(join(path, 'a.csv'), 'old')
    const folder = openOutputFolder(path)
    folder.append('a.csv', 'new')
    folder.discard()
    folder.discard()
    expect(readdirSync(path)).toEqual(['a.csv'])
    expect(readFileSync(join(path, 'a.csv'), 'utf8')).toBe('old')
    expect(() => folder.append('a.csv', 'late')).toThrow('expected no file after the end, got a.csv')
    expect(readdirSync(path)).toEqual(['a.csv'])
  })
})
