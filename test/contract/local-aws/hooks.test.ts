import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { python, root } from '../../../scripts/local-aws-process.ts'

/** Starts the local AWS after some lines of Python have changed what it finds. */
function startAfter(change: string): { status: number | null; complaint: string } {
  const lines = [
    'import sys',
    change,
    'sys.argv = ["local_aws", "--port", "0"]',
    'from local_aws.__main__ import main',
    'sys.exit(main())',
  ]
  const { status, stderr } = spawnSync(python, ['-c', lines.join('\n')], {
    encoding: 'utf8',
    env: { PYTHONPATH: join(root, 'local-aws'), PYTHONDONTWRITEBYTECODE: '1' },
    timeout: 20_000,
  })
  return { status, complaint: stderr.trim().split('\n').at(-1) ?? '' }
}

it('refuses another version of ministack, in one sentence', () => {
  expect(startAfter('import importlib.metadata; importlib.metadata.version = lambda _: "9.9.9"')).toEqual({
    status: 1,
    complaint: 'local AWS: ministack: expected version 1.5.33, found 9.9.9; run the set-up again',
  })
})

it.each([
  ['that it replaces', 'services.ecr', '_repo_uri', 'services.ecr._repo_uri'],
  [
    'that it wraps',
    'services.athena',
    '_materialize_table_files',
    'services.athena._materialize_table_files',
  ],
  ['that it reads', 'services.ecr', '_layer_blobs', 'services.ecr._layer_blobs'],
  // ministack itself imports this one: what is missed first is the module that cannot be imported without it.
  ['that it imports', 'core.responses', 'request_scope', 'services.apigateway'],
])('refuses a ministack without a name %s', (_, place, name, missed) => {
  const { status, complaint } = startAfter(`import ministack.${place} as place; del place.${name}`)
  expect(status).toBe(1)
  expect(complaint).toMatch(/^local AWS: local_aws\.[\w.]+: expected /)
  expect(complaint).toContain(
    `expected ministack.${missed} in ministack 1.5.33, found no such name; run the set-up again`,
  )
})
