import type { Input } from '../../lib/inputs.ts'

/** An output of an action.yml. */
export type Output = { description: string }

/** A parameter of a CloudFormation template. */
export type Parameter = { Description?: string; Default?: unknown; AllowedValues?: readonly unknown[] }

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const code = (text: string) => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``)
// Our own text: its code spans and links act, and nothing may end the cell.
const prose = (text: string) =>
  text
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '\\|')
    .replaceAll('\r', '')
    .replaceAll('\n', '<br>')

/** A Markdown table of cells that are Markdown. */
export function renderTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(titles), row(titles.map(() => '---')), ...rows.map(row)].join('\n')
}

/** The Markdown table of an action's inputs. */
export function inputsTable(inputs: Readonly<Record<string, Input<unknown>>>): string {
  const rows = Object.entries(inputs).map(([name, { meaning, type, required, default: value }]) => [
    code(name),
    prose(meaning),
    type,
    required ? '**required**' : code(value ?? ''),
  ])
  return renderTable(['input', 'meaning', 'type', 'default'], rows)
}

/** The Markdown table of an action's outputs. */
export function outputsTable(outputs: Readonly<Record<string, Output>>): string {
  const rows = Object.entries(outputs).map(([name, { description }]) => [code(name), prose(description)])
  return renderTable(['output', 'meaning'], rows)
}

/** The Markdown table of a template's parameters. */
export function parametersTable(parameters: Readonly<Record<string, Parameter>>): string {
  const rows = Object.entries(parameters).map(([name, parameter]) => [
    code(name),
    describeParameter(parameter),
    'Default' in parameter ? code(String(parameter.Default)) : '**required**',
  ])
  return renderTable(['parameter', 'meaning', 'default'], rows)
}

function describeParameter({ Description: text, AllowedValues: values }: Parameter): string {
  const choice = values && `One of ${values.map((value) => `\`${value}\``).join(', ')}.`
  return prose([choice, text].filter(Boolean).join(' '))
}
