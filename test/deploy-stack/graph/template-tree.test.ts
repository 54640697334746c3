import { describe, expect, it } from 'vitest'
import { readTemplateTree } from '../../../actions/deploy-stack/graph/template-tree.ts'

const read = (text: string) => readTemplateTree(text, 't.yml').sections

describe('a template in YAML', () => {
  it('is read as YAML 1.1, but for quoted texts', () => {
    expect(read('A: [yes, "yes", 012, "012", 2012-10-17, ~]')).toEqual({
      A: ['true', 'yes', '10', '012', '2012-10-17', undefined],
    })
    expect(readTemplateTree('A: {B: [yes, 012]}', 't.yml').spellings('A')).toEqual([{ B: ['yes', '012'] }])
  })

  it('has texts where a tag says so', () => {
    expect(read('A: [!!str 010, ! yes, !!int 010, !!bool "yes", !Sub 010, !GetAZs ]')).toEqual({
      A: ['010', 'yes', '8', 'true', { 'Fn::Sub': '010' }, { 'Fn::GetAZs': '' }],
    })
  })

  it('has the last of equal keys', () => {
    expect(read('A: 1\nB: {C: 1, C: 2}\nA: 3\n')).toEqual({ A: '3', B: { C: '2' } })
  })

  it('has merged maps, of which the first counts, behind its own keys', () => {
    const text = 'X: &x {a: 1, b: 2}\nY: &y {b: 3, c: 4}\nA: {b: 5, <<: *x}\nB: {<<: [*x, *y]}\nC: *x\n'
    expect(read(text)).toMatchObject({
      A: { a: '1', b: '5' },
      B: { a: '1', b: '2', c: '4' },
      C: { a: '1', b: '2' },
    })
  })

  it.each([
    ['A: {B: [\nx,\n y\n]}\nC: z\n', { A: { B: ['x', 'y'] }, C: 'z' }],
    ['A:\n  B: {\n  c: d,\n e: f\n}\nC: z\n', { A: { B: { c: 'd', e: 'f' } }, C: 'z' }],
    ['A:\n  B: "x\n y"\n  D: \'x\ny\'\nC: z\n', { A: { B: 'x y', D: 'x y' }, C: 'z' }],
    ['A:\n  - - [a,\nb]\n    - c\n', { A: [[['a', 'b'], 'c']] }],
  ])('may have lines within quotes and brackets that are indented less: %j', (text, value) => {
    expect(read(text)).toEqual(value)
  })

  it('has its functions in the long form', () => {
    expect(
      read('A: !Sub x\nB: !GetAtt a.b\nC: !Ref y\nD: !And [!Condition z]\nE: !Base64 {"Fn::Sub": x}'),
    ).toEqual({
      A: { 'Fn::Sub': 'x' },
      B: { 'Fn::GetAtt': 'a.b' },
      C: { Ref: 'y' },
      D: { 'Fn::And': [{ Condition: 'z' }] },
      E: { 'Fn::Base64': { 'Fn::Sub': 'x' } },
    })
  })

  it.each([
    ['that holds itself', 'A: &a [*a]\n'],
    [
      'of aliases of aliases',
      `l0: &l0 [1]\n${Array.from({ length: 9 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`).join('\n')}\n`,
    ],
  ])('is refused: one %s', (_, text) => {
    expect(() => read(text)).toThrow('t.yml: expected a template of fewer values and levels')
  })

  it('is refused with line and column where it cannot be read', () => {
    expect(() => read('A: 1\nB: [')).toThrow(/^t\.yml:2:\d+: /)
  })
})

describe('a template in JSON', () => {
  it('is read as one in YAML', () => {
    expect(read(' {"A": [1, true, null, "yes"], "A": {"Ref": "x"}, "__proto__": {"B": 2}}')).toEqual(
      Object.fromEntries([
        ['A', { Ref: 'x' }],
        ['__proto__', { B: '2' }],
      ]),
    )
  })

  it('has its numbers as YAML has them, and in the spellings that parsers of JSON differ in', () => {
    const text = String.raw`{"A": {"-1.50": [1.0, 2E3, 123456789012345678901, -0.5e-2, "\\\"1.0", "2.0 \u00e9"]}}`
    const same = ['123456789012345678901', '\\"1.0', '2.0 é']
    const spelled = (one: string, more: string, small: string) => [
      one,
      more,
      same[0],
      small,
      ...same.slice(1),
    ]
    expect(read(text)).toEqual({ A: { '-1.50': spelled('1.0', '2000.0', '-0.005') } })
    expect(readTemplateTree(text, 't.json').spellings('A')).toEqual([
      { '-1.50': spelled('1.0', '2E3', '-0.5e-2') },
      { '-1.50': spelled('1', '2000', '-0.005') },
    ])
  })

  it('may be a map of YAML', () => {
    expect(read('{A: 1, # more\n B: !Ref x}')).toEqual({ A: '1', B: { Ref: 'x' } })
    expect(read('{1: 012, "B": 0x1F}')).toEqual({ 1: '10', B: '31' })
  })

  it('is refused where it is too deep', () => {
    expect(() => read(`{"A": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`)).toThrow(
      't.yml: expected at most 300 lists and maps',
    )
  })
})
