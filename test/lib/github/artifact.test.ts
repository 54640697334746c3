import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { canUploadArtifacts, uploadArtifact } from '../../../lib/github/artifact.ts'
import { python } from '../../../scripts/local-aws-process.ts'
import { type ArtifactService, startArtifactService } from '../../fakes/artifact-service.ts'

let service: ArtifactService
const folder = mkdtempSync(join(tmpdir(), 'artifact-'))

beforeEach(async () => {
  service = await startArtifactService()
  // The client of GitHub reads these itself.
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value)
})

afterEach(() => {
  service.close()
  vi.unstubAllEnvs()
})

function upload(content: string): Promise<void> {
  writeFileSync(join(folder, 'bill.csv'), content)
  return uploadArtifact('bill-2026-09', [join(folder, 'bill.csv')], folder)
}

function unpack(name: string): unknown {
  const zip = join(folder, 'artifact.zip')
  writeFileSync(zip, service.artifacts.get(name) ?? '')
  const script =
    'import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))'
  return JSON.parse(execFileSync(python, ['-c', script, zip], { encoding: 'utf8' }))
}

it('uploads files with paths relative to their folder', async () => {
  await upload('user,total')
  expect(unpack('bill-2026-09')).toEqual({ 'bill.csv': 'user,total' })
})

it('puts files in the place of an earlier artifact of the run', async () => {
  await upload('draft')
  await upload('final')
  expect(unpack('bill-2026-09')).toEqual({ 'bill.csv': 'final' })
})

it.each([
  [{ ACTIONS_RUNTIME_TOKEN: 'x', ACTIONS_RESULTS_URL: 'y' }, true],
  [{ ACTIONS_RUNTIME_TOKEN: 'x' }, false],
  [{ ACTIONS_RUNTIME_TOKEN: '', ACTIONS_RESULTS_URL: 'y' }, false],
])('tells from %j whether a runner takes artifacts', (env, expected) => {
  expect(canUploadArtifacts(env)).toBe(expected)
})
