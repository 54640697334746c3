// Writes what is generated into action.yml, the READMEs and CONTRIBUTING.md, or compares it with `--check`.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { writeInputs } from './generate/action-metadata.ts'
import { readCfnTemplate } from './generate/cfn-template.ts'
import { costsTable, type Prices, schedulesTable } from './generate/costs.ts'
import { drawActions, drawLib, type Module } from './generate/import-picture.ts'
import { inputTables } from './generate/input-tables.ts'
import { renderLines, renderPolicy, renderStackPermissions, writePolicies } from './generate/permissions.ts'
import { type Quota, quotasTable } from './generate/quotas.ts'
import { inputsTable, type Output, outputsTable, type Parameter, parametersTable } from './generate/tables.ts'
import { root } from './local-aws-process.ts'
import { derivePolicies, inMode } from './permissions/roles.ts'
import { deriveStackPermissions, readLines } from './permissions/table.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Brings a file up to date, or says that it is not. */
function update(path: string, change: (text: string) => string): void {
  const before = read(path)
  const after = change(before)
  if (after === before) return
  if (process.argv.includes('--check')) {
    console.error(`${path}: its generated part differs from its source; run npm run generate`)
    process.exitCode = 1
  } else writeFileSync(join(root, path), after)
}

function fill(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((filled, [marker, part]) => {
    const pattern = new RegExp(`(<!-- ${marker} -->)[\\s\\S]*?(<!-- /${marker} -->)`)
    if (!pattern.test(filled))
      throw new Error(`expected the markers <!-- ${marker} --> and <!-- /${marker} -->`)
    return filled.replace(pattern, (_, start, end) => `${start}\n${part}\n${end}`)
  }, text)
}

function cruise(): Module[] {
  const args = [join(root, 'node_modules', '.bin', 'depcruise'), '--output-type', 'json', 'actions', 'lib']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(`depcruise: ended with ${status}: ${stderr.slice(0, 500)}`)
  return JSON.parse(stdout).modules
}

const callsAws = (action: string) => readLines(action).length > 0

/** The policies in the README of an action, by marker. */
const policiesOf = (action: string): Record<string, string> =>
  action === 'deploy-stack'
    ? Object.fromEntries(
        ['deploy', 'preview', 'drift', 'destroy'].map((mode) => [
          `permissions of ${mode}`,
          renderPolicy(inMode(mode)),
        ]),
      )
    : callsAws(action)
      ? { permissions: renderPolicy(readLines(action)) }
      : {}

for (const [action, rows] of Object.entries(inputTables)) {
  update(`actions/${action}/action.yml`, (text) => writeInputs(text, rows))
  const { outputs }: { outputs: Record<string, Output> } = parse(read(`actions/${action}/action.yml`))
  const tables = { inputs: inputsTable(rows), outputs: outputsTable(outputs) }
  update(`actions/${action}/README.md`, (text) => fill(text, { ...tables, ...policiesOf(action) }))
}

const templates = globSync('cloudformation/*.yml', { cwd: root, exclude: ['**/stacks.yml'] }).sort()
const parameterTables = templates.map((path) => {
  // CloudFormation's own tags, such as !Ref, need not be resolved for this.
  const template: { Parameters: Record<string, Parameter> } = parse(read(path), { logLevel: 'error' })
  return [`parameters of ${basename(path, '.yml')}`, parametersTable(template.Parameters)] as const
})
const prices: Prices = parse(read('scripts/generate/prices.yml'))
const cfnTemplates = Object.fromEntries(
  templates.map((path) => [basename(path, '.yml'), readCfnTemplate(read(path))] as const),
)
const costs = { costs: costsTable(cfnTemplates, prices) }
update('cloudformation/README.md', (text) => fill(text, { ...Object.fromEntries(parameterTables), ...costs }))
update('docs/costs.md', (text) => fill(text, { schedules: schedulesTable(cfnTemplates, prices) }))
const quotas: readonly Quota[] = parse(read('scripts/generate/quotas.yml'))
update('docs/scaling.md', (text) => fill(text, { quotas: quotasTable(cfnTemplates, quotas) }))

// Those that deploy-stack deploys.
const stacks = templates.filter((path) => !path.endsWith('github-oidc.yml'))
update('cloudformation/github-oidc.yml', (text) => writePolicies(text, derivePolicies(stacks)))
update('docs/permissions.md', (text) =>
  fill(text, {
    ...Object.fromEntries(
      Object.keys(inputTables)
        .filter(callsAws)
        .map((action) => [`calls of ${action}`, renderLines(readLines(action))]),
    ),
    'permissions of the stacks': renderStackPermissions(deriveStackPermissions(stacks)),
  }),
)

const modules = cruise()
update('CONTRIBUTING.md', (text) =>
  fill(text, { 'imports of lib': drawLib(modules), 'imports of actions': drawActions(modules) }),
)
