import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { boolean, choice, integer, text } from '../../lib/inputs.ts'
import { writeInputs } from '../../scripts/generate/action-metadata.ts'
import { drawActions, drawLib } from '../../scripts/generate/import-picture.ts'
import { inputsTable } from '../../scripts/generate/tables.ts'

const rows = {
  mode: choice(['a', 'b'], { required: true, meaning: '`a` or `b`: both work.' }),
  tries: integer({ default: 3, min: 1, max: 9, meaning: "The caller's tries | all." }),
  token: text({ secret: true, meaning: 'A token.' }),
  'dry-run': boolean({ default: false, meaning: 'Writes nothing.' }),
}

it('writes the inputs of a table into action.yml, and keeps the rest of it', () => {
  const before = 'name: A\ninputs:\n  old:\n    description: x\n\n  older: {}\noutputs:\n  result: {}\n'
  const after = writeInputs(before, rows)
  expect(parse(after)).toEqual({
    name: 'A',
    inputs: {
      mode: { description: '`a` or `b`: both work.', required: true },
      tries: { description: "The caller's tries | all. Accepts 1 to 9.", default: '3' },
      token: { description: 'A token.' },
      'dry-run': { description: 'Writes nothing.', default: 'false' },
    },
    outputs: { result: {} },
  })
  expect(writeInputs(after, rows)).toBe(after)
})

it('writes a row for each input of a table', () => {
  expect(inputsTable(rows)).toBe(
    [
      '| input | meaning | type | default |',
      '| --- | --- | --- | --- |',
      '| `mode` | `a` or `b`: both work. | `a`, `b` | **required** |',
      "| `tries` | The caller's tries \\| all. | 1 to 9 | `3` |",
      '| `token` | A token. | secret text |  |',
      '| `dry-run` | Writes nothing. | `true`, `false` | `false` |',
    ].join('\n'),
  )
})

const modules = [
  { source: 'lib/c/x.ts', dependencies: [{ resolved: 'lib/b/x.ts' }, { resolved: 'lib/a/x.ts' }] },
  { source: 'lib/b/x.ts', dependencies: [{ resolved: 'lib/a/x.ts' }, { resolved: 'lib/errors.ts' }] },
  { source: 'lib/a/x.ts', dependencies: [{ resolved: 'lib/a/y.ts' }] },
  { source: 'actions/push/plan/plan.ts', dependencies: [{ resolved: 'lib/c/inner/x.ts' }] },
]
const arrowsOf = (picture: string) => picture.split('\n').filter((line) => line.includes('-->'))

it('draws the folders of lib without the arrows that a longer path implies', () => {
  expect(arrowsOf(drawLib(modules))).toEqual(['  b --> a', '  c --> b'])
})

it('draws what actions import from the folders of lib', () => {
  expect(arrowsOf(drawActions(modules))).toEqual(['  actions_push --> lib_c'])
})
