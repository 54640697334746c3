import { expect, it } from 'vitest'
import { readTemplateTree, type Tree } from '../../../actions/deploy-stack/graph/template-tree.ts'
import { writeTexts } from '../../../actions/deploy-stack/graph/write-texts.ts'

const write = (body: string, ...paths: string[]) =>
  writeTexts(
    body,
    't.yml',
    paths.map((path) => ({ path: path.split('.'), value: 'new' })),
  )
const read = (body: string) => readTemplateTree(body, 't.yml').sections
const at = (body: string, path: string) =>
  path.split('.').reduce((tree: Tree, key) => Object(tree)[key], read(body))

const stack = '{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: base.yml, Parameters: {V: prod}}}'
const written = { TemplateURL: 'new', Parameters: { V: 'prod' } }
const url = (id: string) => `Resources.${id}.Properties.TemplateURL`
const urls = [url('N1'), url('N2')]

it.each([
  ['merged', `Resources:\n  N1: &n ${stack}\n  N2: {<<: *n, DependsOn: N1}\n`],
  [
    'merged from a list, of which the first counts',
    `Resources:\n  N1: &n ${stack}\n  N2: {<<: [*n, {Properties: {}}]}\n`,
  ],
  ['merged of what is merged', `Resources:\n  N1: &n ${stack}\n  N3: &m {<<: *n}\n  N2: {<<: *m}\n`],
  ['of a merged section', `Metadata: &r {N1: ${stack}, N2: ${stack}}\nResources: {<<: *r}\n`],
  ['an alias', `Resources:\n  N1: &n ${stack}\n  N2: *n\n`],
  [
    'an alias of properties',
    `M: &p {TemplateURL: base.yml, Parameters: &v {V: prod}}\nResources: {N1: {Properties: *p}, N2: {Properties: *p}}\nO: *v\n`,
  ],
  ['of equal keys the last', `Resources: {N1: {}, N1: ${stack}, N2: ${stack}}\n`],
])('keeps what stands beside a text that is %s', (_, body) => {
  const after = write(body, ...urls)
  for (const id of ['N1', 'N2']) expect(at(after, `Resources.${id}.Properties`)).toEqual(written)
})

it.each([
  ['where an alias was', `M: &c {Code: ./src}\nResources: {F: *c, G: *c}\n`, 'Resources.F.Code'],
  [
    'where a map was merged',
    `M: &c {P: {Code: ./src}}\nResources: {F: {<<: *c}, G: *c}\n`,
    'Resources.F.P.Code',
  ],
  ['where an anchor was', 'Resources: {Code: &c ./src}\nOutputs: {O: *c, P: *c}\n', 'Resources.Code'],
  [
    'around which an anchor was',
    'Resources: &r {Code: ./src}\nOutputs: {O: *r, P: {<<: *r}}\n',
    'Resources.Code',
  ],
  [
    'within which an anchor was',
    'Resources: {Code: {A: &a {B: b}}}\nOutputs: {O: *a, P: *a}\n',
    'Resources.Code',
  ],
  [
    'beside an anchor that stands twice',
    'A: &a {B: 1}\nR: {C: &a {B: 2}}\nO: *a\nS: &a {B: 3}\nP: *a\n',
    'R.C.B',
  ],
  ['of a list', 'L: [a, &b {C: ./src}]\nO: *b\nP: *b\n', 'L.1.C'],
])('changes only the place of a text %s', (_, body, path) => {
  const before = read(body)
  const after = write(body, path)
  expect(at(after, path)).toBe('new')
  expect(after.match(/new/g)).toHaveLength(1)
  const { [path.split('.')[0] ?? '']: section, ...others } = before
  expect(section).toBeDefined()
  expect(read(after)).toMatchObject(others)
  if (path === 'Resources.F.Code') expect(at(after, 'Resources.G.Code')).toBe('./src')
})

it('leaves aliases and anchors that are not at a path as they are written', () => {
  const body = 'M: &m { A: 1 }\nResources:\n  F: { Code: ./src }\nOutputs: { O: *m, P: { <<: *m } }\n'
  expect(write(body, 'Resources.F.Code')).toBe(body.replace('./src', '"new"'))
})

it('copies once where many merge what is changed', () => {
  const body = `Resources:\n  N1: &n ${stack}\n${[2, 3, 4].map((id) => `  N${id}: {<<: *n}\n`).join('')}`
  const after = write(body, url('N1'))
  expect(after.match(/base\.yml/g)).toHaveLength(1)
  expect(at(after, url('N4'))).toBe('base.yml')
})

it('makes maps where nothing stands', () => {
  expect(read(write('Resources:\n', 'Resources.A.Type'))).toEqual({ Resources: { A: { Type: 'new' } } })
})

it('refuses an alias of nothing, of itself, and of too much', () => {
  expect(() => write('A: *x\n', 'B')).toThrow('t.yml:1:4: expected an anchor &x before its alias, got none')
  expect(() => write('A: &a {B: *a}\nC: *a\n', 'C.B.D')).toThrow(
    't.yml: expected aliases that stand for fewer',
  )
  const levels = Array.from({ length: 30 }, (_, at) => `A${at + 1}: &a${at + 1} [*a${at}, *a${at}]\n`)
  expect(() => write(`A0: &a0 x\n${levels.join('')}R: {B: *a30}\n`, 'R.B.0')).toThrow('fewer values')
})
