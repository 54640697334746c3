import { expect, it } from 'vitest'
import { parseOverrides } from '../../../actions/deploy-stack/graph/parameter-overrides.ts'

const files: Record<string, string> = {
  '/w/list.json':
    '[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "x,y"}]',
  '/w/with blank.json': '{"Parameters": {"A": "1", "B": "x,y"}}',
}
// Each line names the one before ten times.
const bomb = Array.from({ length: 6 }, (_, at) => {
  const items = Array.from({ length: 10 }, () => (at === 0 ? 'x' : `*a${at - 1}`))
  return `A${at}: &a${at} [${items.join(', ')}]`
}).join('\n')
const parse = (text: string) => Object.fromEntries(parseOverrides(text, (path) => files[path] ?? 'text'))

it.each([
  'A=1,B="x,y"',
  "A=1, B='x,y'",
  'A=1,B=x,B=y',
  'A=1\nB="x,y"\n',
  'A: 1\nB: [x, y]\n',
  'A: "1"\nB: x,y\n',
  '{"A": 1, "B": ["x", "y"]}',
  '[{"ParameterKey": "A", "ParameterValue": 1}, {"ParameterKey": "B", "ParameterValue": "x,y"}]',
  'file:///w/list.json',
  'file:///w/with%20blank.json',
])('reads %j', (text) => {
  expect(parse(text)).toEqual({ A: '1', B: 'x,y' })
})

it.each([
  ['', {}],
  ['A=', { A: '' }],
  ['A=b=c==,B=', { A: 'b=c==', B: '' }],
  ['A="say \\"hi\\""', { A: 'say "hi"' }],
  ['A: yes', { A: 'yes' }],
  ['A:', { A: '' }],
  ['A: 1.0\nB: 123456789012345678901\nC: 0x1F', { A: '1.0', B: '123456789012345678901', C: '0x1F' }],
  ['{"A": 1.50, "B": true, "C": null}', { A: '1.50', B: 'true', C: '' }],
  [
    '[{"ParameterKey": "A", "UsePreviousValue": true}, {"ParameterKey": "B", "ParameterValue": "x", "UsePreviousValue": false}]',
    { B: 'x' },
  ],
  ['A: {b: [c, 1]}', { A: '{"b":["c",1]}' }],
  ['A: &a x\nB: *a', { A: 'x', B: 'x' }],
])('reads %j, too', (text, parameters) => {
  expect(parse(text)).toEqual(parameters)
})

it.each([
  ['A=1,hunter2', 'parameter-overrides: entry 2: expected NAME=VALUE'],
  ['hunter2', 'parameter-overrides: expected a map, or a list of ParameterKey and ParameterValue'],
  [
    '[{"ParameterKey": "A", "UsePreviousValue": false}]',
    'parameter-overrides: expected a map, or a list of ParameterKey and ParameterValue; entry 1 is none',
  ],
  ['file:///w/none.json', '/w/none.json: expected a map'],
  [
    'file:///w/a%zz.json',
    'parameter-overrides: expected file:///PATH, where %25 stands for %, got another %',
  ],
  ['{"Parameters": null, "B": "hunter2"}', 'parameter-overrides: expected a map'],
  ['{"Parameters": "hunter2"}', 'parameter-overrides: expected a map'],
  ['{"Parameters": ["hunter2"]}', 'parameter-overrides: expected a map'],
  ['{A: *hunter2x}', 'parameter-overrides: expected aliases (*NAME) of something before them'],
  [
    bomb,
    'parameter-overrides: expected aliases (*NAME) of something before them, and fewer than 100 of each',
  ],
])('refuses %j without a value of it', (text, message) => {
  expect(() => parse(text)).toThrow(message)
  expect(() => parse(text)).not.toThrow(/hunter2/)
})
