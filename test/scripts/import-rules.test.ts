import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'

type Broken = readonly [rule: string, file: string, imported: string]

// A small repository in which each file breaks the rule beside it.
const broken: readonly Broken[] = [
  ['no-circle', 'lib/yaml.ts', './markdown.ts'],
  ['resolves', 'lib/wait.ts', './no-such-file.ts'],
  ['room-is-known', 'lib/attic/thing.ts', '../errors.ts'],
  ['lib-root', 'lib/file.ts', './oci/digest.ts'],
  ['lib-oci', 'lib/oci/manifest.ts', '../archive/tar.ts'],
  ['lib-compression-deflate', 'lib/compression/deflate/kernel.ts', '../pool.ts'],
  ['lib-compression', 'lib/compression/stream.ts', '../image/config.ts'],
  ['lib-archive', 'lib/archive/folder.ts', '../image/config.ts'],
  ['lib-image', 'lib/image/layout.ts', '../registry/upload.ts'],
  ['lib-registry-http', 'lib/registry/http/auth.ts', '../upload.ts'],
  ['lib-registry', 'lib/registry/reuse.ts', '../aws/ecr.ts'],
  ['lib-service', 'lib/service/prefix.ts', '../aws/ecr.ts'],
  ['lib-github', 'lib/github/artifact.ts', '../oci/digest.ts'],
  ['lib-aws', 'lib/aws/ecs.ts', './toolkit/bucket.ts'],
  ['lib-aws-toolkit', 'lib/aws/toolkit/lock.ts', '../../archive/tar.ts'],
  ['lib-knows-no-action', 'lib/log.ts', '../actions/a/context.ts'],
  ['sdk', 'actions/a/observe.ts', '@aws-sdk/client-ecs'],
  ['runner', 'actions/a/run.ts', '@actions/core'],
  ['action-alone', 'actions/a/apply.ts', '../b/context.ts'],
  ['action-imports-lib', 'actions/a/main.ts', '../../scripts/tool.ts'],
  ['stage-is-known', 'actions/a/helpers.ts', './context.ts'],
  ['stage-plan', 'actions/a/plan/plan.ts', '../apply.ts'],
  ['stage-observe', 'actions/b/observe.ts', './plan.ts'],
  ['stage-apply', 'actions/b/apply.ts', './run.ts'],
  ['stage-graph', 'actions/a/graph/graph.ts', '../plan/plan.ts'],
  ['report-for-run', 'actions/b/connect.ts', './report.ts'],
  ['run-has-no-connection', 'actions/b/run.ts', './connect.ts'],
  ['pure-stage-does-no-io', 'actions/b/plan.ts', 'node:fs'],
  ['pure-stage-knows-types-of-aws', 'actions/b/report.ts', '../../lib/aws/ecr.ts'],
  ['lambda-alone', 'lambda/f/handler.ts', '../../lib/errors.ts'],
  ['not-to-test', 'scripts/tool.ts', '../test/fixture.ts'],
  ['scripts-run-actions', 'scripts/other.ts', '../actions/b/plan.ts'],
]

const allowed: readonly (readonly [file: string, imported: string])[] = [
  ['lib/markdown.ts', './yaml.ts'],
  ['lib/archive/tar.ts', '../oci/digest.ts'],
  ['lib/aws/toolkit/bucket.ts', '../ecr.ts'],
  ['lib/aws/ecr.ts', '@aws-sdk/client-ecs'],
  ['lib/registry/upload.ts', './http/errors.ts'],
  ['actions/a/report.ts', './apply.ts'],
  ['scripts/allowed.ts', '../actions/b/input-table.ts'],
  ['test/fixture.ts', '../actions/b/context.ts'],
]

const leaves = [
  ...['lib/errors.ts', 'lib/oci/digest.ts', 'lib/image/config.ts', 'lib/compression/pool.ts'],
  ...[
    'lib/registry/http/errors.ts',
    'actions/a/context.ts',
    'actions/b/context.ts',
    'actions/b/input-table.ts',
  ],
]

it('finds each import that breaks a rule, and no other', { timeout: 60_000 }, () => {
  const tree = mkdtempSync(join(tmpdir(), 'import-rules-'))
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true })
    writeFileSync(join(tree, file), text)
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    copyFileSync(join(root, file), join(tree, file))
  for (const file of leaves) write(file, 'export const leaf = 1\n')
  for (const [file, imported] of allowed) write(file, `export * from '${imported}'\n`)
  for (const [, file, imported] of broken) write(file, `export * from '${imported}'\n`)

  const folders = ['actions', 'lib', 'lambda', 'scripts', 'test']
  const args = ['node_modules/.bin/depcruise', '--output-type', 'json', ...folders]
  const { stdout } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8', maxBuffer: 2 ** 26 })
  const { violations } = JSON.parse(stdout).summary
  const found: string[] = violations.map((violation: { rule: { name: string }; from: string }) =>
    [violation.rule.name, violation.from].join(' '),
  )
  // A circle is named at one of its files, whichever comes first.
  const isCircle = (line: string) => line.startsWith('no-circle ')
  const wanted = broken.map(([rule, file]) => `${rule} ${file}`).filter((line) => !isCircle(line))
  expect(wanted.filter((line) => !found.includes(line))).toEqual([])
  expect(found.filter(isCircle)).toHaveLength(1)
  const innocent = (line: string) => allowed.some(([file]) => line.endsWith(` ${file}`))
  expect(found.filter((line) => innocent(line) && !isCircle(line))).toEqual([])
})
