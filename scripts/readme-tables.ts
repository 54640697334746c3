import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { escapeCell } from '../lib/markdown.ts'
import { actions } from './bundle.ts'
import { root } from './local-aws-process.ts'

type Field = { description: string; required?: boolean; default?: unknown }
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

const check = process.argv.includes('--check')
for (const action of actions) {
  const folder = join(root, 'actions', action)
  const readme = join(folder, 'README.md')
  if (!existsSync(readme)) throw new Error(`actions/${action}/README.md: missing`)
  const metadata: Metadata = parse(readFileSync(join(folder, 'action.yml'), 'utf8'))
  const before = readFileSync(readme, 'utf8')
  const after = fill(
    fill(before, 'inputs', inputsTable(metadata.inputs)),
    'outputs',
    outputsTable(metadata.outputs),
  )
  if (after === before) continue
  if (check) {
    console.error(`actions/${action}/README.md: its tables differ from action.yml; run npm run readme-tables`)
    process.exitCode = 1
  } else writeFileSync(readme, after)
}
