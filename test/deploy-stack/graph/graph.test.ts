import { expect, it } from 'vitest'
import { dependenciesOf, parseGraph, sortStacks } from '../../../actions/deploy-stack/graph/graph.ts'

const parse = (text: string) => parseGraph(text, 'cfn/stacks.yml')

it('orders stacks by their references and by depends-on', () => {
  const graph = parse(`stacks:
  c: {template: c.yml, parameters: {P: '\${b.Out}'}}
  b: {template: b.yml, depends-on: [a]}
  a: {template: a.yml}
`)
  expect(sortStacks(graph).map(({ key }) => key)).toEqual(['a', 'b', 'c'])
})

it('takes paths relative to the file', () => {
  const entry = parse('stacks: {a: {template: a.yml, assets: {Code: ../lambda/dist}}}').get('a')
  expect(entry?.template).toBe('cfn/a.yml')
  expect(entry?.assets.get('Code')).toBe('lambda/dist')
})

it('lists a dependency once', () => {
  const graph = parse(`stacks:
  a: {template: a.yml}
  b: {template: b.yml, depends-on: [a], parameters: {P: '\${a.X}-\${a.Y}'}}
`)
  expect(dependenciesOf(graph.get('b') ?? expect.fail())).toEqual(['a'])
})

it.each([
  [
    'a cycle',
    `stacks:
  a: {template: a.yml, depends-on: [b]}
  b: {template: b.yml, parameters: {P: '\${a.Out}'}}
`,
    'stacks: a → b → a is a cycle; remove one reference',
  ],
  [
    'a cycle behind another stack',
    'stacks: {x: {template: x.yml, depends-on: [a]}, a: {template: a.yml, depends-on: [b]}, b: {template: b.yml, depends-on: [a]}}',
    'stacks: a → b → a is a cycle; remove one reference',
  ],
  ['no stack', 'stacks: {}', 'cfn/stacks.yml: expected a map "stacks" with a stack, got none'],
  ['an error of YAML', 'stacks:\n  a: [\n', 'cfn/stacks.yml:3:1: Flow sequence'],
  ['another word for stacks', 'stack: {}', 'cfn/stacks.yml:1:8: stack: unknown key; did you mean "stacks"'],
  ['no template', 'stacks: {a: {}}', 'a.template: expected a value, got none'],
  [
    'an unknown key',
    'stacks:\n  a:\n    template: a.yml\n    dependson: [b]\n',
    'cfn/stacks.yml:4:16: stacks.a.dependson: unknown key; did you mean "depends-on"',
  ],
  [
    'a stack that is not there',
    `stacks: {storage: {template: s.yml}, a: {template: a.yml, parameters: {P: '\${storag.X}'}}}`,
    'refers to the stack "storag", which is not there; did you mean "storage"',
  ],
  [
    'an asset whose name is a path',
    'stacks: {a: {template: a.yml, assets: {../x: y}}}',
    'expected a name of letters',
  ],
  ['a name in upper case', 'stacks: {A: {template: a.yml}}', 'expected a name in lower case'],
  [
    'no list in depends-on',
    'stacks: {a: {template: a.yml, depends-on: b}}',
    'stacks.a.depends-on: expected a list of texts',
  ],
])('refuses %s', (_, text, message) => {
  expect(() => parse(text)).toThrow(message)
})
