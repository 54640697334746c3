import { stringify } from 'yaml'
import type { Input } from '../../lib/inputs.ts'

type Rows = Readonly<Record<string, Input<unknown>>>

/** Puts the inputs of a table into the text of an action.yml; all else in it is kept. */
export function writeInputs(metadata: string, rows: Rows): string {
  const block = /^inputs:.*\n(?:(?: .*)?\n)*/m
  if (!block.test(metadata)) throw new Error('action.yml: expected a block "inputs:", found none')
  return metadata.replace(block, () => renderInputs(rows))
}

function renderInputs(rows: Rows): string {
  const inputs = Object.entries(rows).map(([name, row]) => [name, renderInput(row)])
  const text = stringify({ inputs: Object.fromEntries(inputs) }, { lineWidth: 0, singleQuote: true })
  return text.replace('inputs:', 'inputs: # written by npm run generate, from input-table.ts')
}

function renderInput(row: Input<unknown>) {
  return {
    description: describe(row),
    ...(row.required ? { required: true } : {}),
    ...(row.default === undefined ? {} : { default: row.default }),
  }
}

// The runner knows no types: the description says which numbers are accepted.
function describe({ meaning, type }: Input<unknown>): string {
  return /^\d+ to \d+$/.test(type) ? `${meaning} Accepts ${type}.` : meaning
}
