import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../scripts/local-aws-process.ts'

const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading)

/** Runs the step of the workflow `release` that takes the notes, for a tag. */
function takeNotes(tag: string): { status: number | null; log: string; notes: string } {
  const { jobs } = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8'))
  const steps: { name?: string; run?: string }[] = jobs.draft.steps
  const step = steps.find(({ name }) => name === 'Take the notes from the changelog')
  const folder = mkdtempSync(join(tmpdir(), 'changelog-'))
  copyFileSync(join(root, 'CHANGELOG.md'), join(folder, 'CHANGELOG.md'))
  const env = { PATH: process.env.PATH, GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: 'acme/actions' }
  const { status, stdout } = spawnSync('bash', ['-e', '-c', step?.run ?? 'exit 2'], { cwd: folder, env })
  return { status, log: String(stdout), notes: readFileSync(join(folder, 'out/notes.md'), 'utf8') }
}

it('has what is not released, and then the versions with their days, the newest first', () => {
  const [unreleased, ...versions] = headings
  expect(unreleased).toBe('[Unreleased]')
  expect(versions.length).toBeGreaterThan(0)
  expect(versions.filter((heading) => !/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/.test(heading))).toEqual([])
  const days = versions.map((heading) => heading.slice(-10))
  expect(days).toEqual(days.toSorted().reverse())
})

it('groups the changes as Keep a Changelog does', () => {
  const groups = [...text.matchAll(/^### (.*)$/gm)].map(([, group]) => group)
  const known = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']
  expect(groups.filter((group) => !known.includes(group ?? ''))).toEqual([])
})

it('gives a release the notes of its version alone, with links that work outside of the repository', () => {
  const { status, notes } = takeNotes('v1.0.0')
  expect(status).toBe(0)
  expect(notes).toContain('### Added')
  expect(notes).not.toContain('## [')
  expect(notes).toContain('](https://github.com/acme/actions/blob/v1.0.0/docs/migration.md)')
})

it('stops a release that it does not describe', () => {
  const { status, log } = takeNotes('v1.0.1')
  expect([status, log.trim()]).toEqual([1, '::error::CHANGELOG.md has no section [1.0.1]'])
})
