import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { escapeCell } from '../lib/markdown.ts'
import { actions } from './bundle.ts'
import { root } from './local-aws-process.ts'

type Field = { description: string; required?: boolean; default?: unknown }
type Parameter = { Description?: string; Default?: unknown; AllowedValues?: readonly unknown[] }
type Metadata = { inputs: Record<string, Field>; outputs: Record<string, Field> }

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const code = (text: string) => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``)
const describe = (field: Field) => escapeCell(field.description.trim()).replaceAll('\\`', '`')

function inputsTable(inputs: Metadata['inputs']): string {
  const rows = Object.entries(inputs).map(([name, field]) =>
    row([code(name), describe(field), field.required ? '**required**' : code(String(field.default ?? ''))]),
  )
  return [row(['input', 'meaning', 'default']), row(['---', '---', '---']), ...rows].join('\n')
}

function outputsTable(outputs: Metadata['outputs']): string {
  const rows = Object.entries(outputs).map(([name, field]) => row([code(name), describe(field)]))
  return [row(['output', 'meaning']), row(['---', '---']), ...rows].join('\n')
}

function fill(text: string, marker: string, table: string): string {
  const pattern = new RegExp(`(<!-- ${marker} -->)[\\s\\S]*?(<!-- /${marker} -->)`)
  if (!pattern.test(text)) throw new Error(`expected the markers <!-- ${marker} --> and <!-- /${marker} -->`)
  return text.replace(pattern, (_, start, end) => `${start}\n${table}\n${end}`)
}

function describeParameter({ Description: text, AllowedValues: values }: Parameter): string {
  const choice = values && `One of ${values.map((value) => `\`${value}\``).join(', ')}.`
  return escapeCell([choice, text].filter(Boolean).join(' ')).replaceAll('\\`', '`')
}

function parametersTable(parameters: Record<string, Parameter>): string {
  const rows = Object.entries(parameters).map(([name, parameter]) => {
    const value = 'Default' in parameter ? code(String(parameter.Default)) : '**required**'
    return row([code(name), describeParameter(parameter), value])
  })
  return [row(['parameter', 'meaning', 'default']), row(['---', '---', '---']), ...rows].join('\n')
}

/** Brings the tables of one README up to date, or says that they are not. */
function update(readme: string, tables: Record<string, string>): void {
  const path = join(root, readme)
  if (!existsSync(path)) throw new Error(`${readme}: missing`)
  const before = readFileSync(path, 'utf8')
  const after = Object.entries(tables).reduce((text, [marker, table]) => fill(text, marker, table), before)
  if (after === before) return
  if (process.argv.includes('--check')) {
    console.error(`${readme}: its tables differ from their source; run npm run readme-tables`)
    process.exitCode = 1
  } else writeFileSync(path, after)
}

for (const action of actions) {
  const metadata: Metadata = parse(readFileSync(join(root, 'actions', action, 'action.yml'), 'utf8'))
  update(`actions/${action}/README.md`, {
    inputs: inputsTable(metadata.inputs),
    outputs: outputsTable(metadata.outputs),
  })
}

const templates = globSync('cloudformation/*.yml', { cwd: root, exclude: ['**/stacks.yml'] }).sort()
const parameterTables = templates.map((path) => {
  // CloudFormation's own tags, such as !Ref, need not be resolved for this.
  const template = parse(readFileSync(join(root, path), 'utf8'), { logLevel: 'error' })
  return [`parameters of ${basename(path, '.yml')}`, parametersTable(template.Parameters)] as const
})
update('cloudformation/README.md', Object.fromEntries(parameterTables))
