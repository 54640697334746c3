import { describe, expect, it } from 'vitest'
import { evaluateCondition, evaluateText } from '../../../actions/deploy-stack/graph/evaluate.ts'
import type { Tree } from '../../../actions/deploy-stack/graph/template-tree.ts'

const values = new Map([
  ['Prefix', 'ddn'],
  ['Empty', ''],
  ['Names', 'a, b'],
  ['AWS::Region', 'r'],
])
const conditions = {
  Yes: { 'Fn::Equals': [{ Ref: 'Prefix' }, 'ddn'] },
  No: { 'Fn::Not': [{ Condition: 'Yes' }] },
  Unknown: { 'Fn::Equals': [{ 'Fn::GetAtt': 'A.B' }, ''] },
  Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
}
const itself = { 'Fn::FindInMap': ['Odd', 'r', 'own'] }
const mappings = {
  Sizes: { r: { one: 's', more: ['a', 'b'] } },
  Odd: { r: { own: itself, listed: ['a', { Ref: 'Prefix' }] } },
}
const scope = { values, conditions, mappings, lists: new Set(['Names']) }

it.each([
  ['ddn', 'ddn'],
  [{ Ref: 'Prefix' }, 'ddn'],
  [{ Ref: 'Empty' }, ''],
  [{ Ref: 'Other' }, undefined],
  [{ 'Fn::Sub': '${Prefix}-in-${AWS::Region}' }, 'ddn-in-r'],
  [{ 'Fn::Sub': '${!Prefix}-${Prefix}' }, '${Prefix}-ddn'],
  [{ 'Fn::Sub': '${Prefix}-${Bucket.Arn}' }, undefined],
  [{ 'Fn::Sub': '${Prefix}-${Prefix and ${!}' }, undefined],
  [{ 'Fn::Sub': '${Prefix}-${!a}${Prefix' }, 'ddn-${a}${Prefix'],
  [{ 'Fn::Sub': ['${A}/${Prefix}', { A: { Ref: 'Prefix' } }] }, 'ddn/ddn'],
  [{ 'Fn::If': ['Yes', { Ref: 'Prefix' }, 'x'] }, 'ddn'],
  [{ 'Fn::If': ['No', 'y', 'x'] }, 'x'],
  [{ 'Fn::If': ['Unknown', 'y', 'x'] }, undefined],
  [{ 'Fn::If': ['Missing', 'y', 'x'] }, undefined],
  [{ 'Fn::Join': ['/', ['', { Ref: 'Prefix' }, 'x']] }, '/ddn/x'],
  [{ 'Fn::Join': ['/', [{ 'Fn::GetAtt': 'A.B' }]] }, undefined],
  [{ 'Fn::Join': ['_', { 'Fn::Split': ['-', { 'Fn::Sub': '${Prefix}-a-b' }] }] }, 'ddn_a_b'],
  [{ 'Fn::Join': ['_', { 'Fn::Split': ['-', { 'Fn::GetAtt': 'A.B' }] }] }, undefined],
  [{ 'Fn::Join': ['_', { Ref: 'Prefix' }] }, undefined],
  [{ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
  [{ 'Fn::Select': ['2', ['a', { Ref: 'Prefix' }]] }, undefined],
  [{ 'Fn::GetAtt': 'A.B' }, undefined],
  [{ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'one'] }, 's'],
  [{ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'more'] }, undefined],
  [{ 'Fn::Select': ['1', { 'Fn::FindInMap': ['Sizes', 'r', 'more'] }] }, 'b'],
  [{ 'Fn::FindInMap': ['Other', 'r', 'one'] }, undefined],
  [itself, undefined],
  [{ 'Fn::Join': ['+', itself] }, undefined],
  [{ 'Fn::Join': ['+', { 'Fn::FindInMap': ['Odd', 'r', 'listed'] }] }, undefined],
  [{ 'Fn::Join': ['+', { 'Fn::FindInMap': ['Sizes', 'r', 'more'] }] }, 'a+b'],
  [{ 'Fn::Join': ['+', { Ref: 'Names' }] }, 'a+b'],
  [{ Ref: 'Prefix', 'Fn::Sub': 'x' }, undefined],
  [['ddn'], undefined],
  [undefined, undefined],
])('evaluates %j to %j', (value, text) => {
  expect(evaluateText(value, scope)).toBe(text)
})

describe('a text', () => {
  const sub = (inner: Tree): Tree => ({ 'Fn::Sub': ['${A}${A}', { A: inner }] })
  const nest = (levels: number, wrap: (inner: Tree) => Tree, inner: Tree): Tree =>
    levels === 0 ? inner : nest(levels - 1, wrap, wrap(inner))

  it.each<[string, Tree, number | undefined]>([
    ['of twenty texts that double', nest(20, sub, 'x'), 2 ** 20],
    ['that is empty, of a hundred', nest(100, sub, ''), 0],
    ['of a hundred texts that double', nest(100, sub, 'x'), undefined],
    ['with a long separator', { 'Fn::Join': ['-'.repeat(2 ** 19), ['a', 'b', 'c', 'd']] }, undefined],
    ['with braces that nothing closes', { 'Fn::Sub': '${'.repeat(250_000) }, 500_000],
  ])('%s takes little time', (_, value, length) => {
    const started = performance.now()
    expect(evaluateText(value, scope)?.length).toBe(length)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

const [yes, no, unknown] = ['Yes', 'No', 'Unknown'].map((Condition) => ({ Condition }))

describe('a condition', () => {
  it.each([
    [yes, true],
    [no, false],
    [unknown, undefined],
    [{ 'Fn::And': [yes, yes] }, true],
    [{ 'Fn::And': [unknown, no] }, false],
    [{ 'Fn::And': [unknown, yes] }, undefined],
    [{ 'Fn::Or': [no, no] }, false],
    [{ 'Fn::Or': [unknown, yes] }, true],
    [{ 'Fn::Or': [unknown, no] }, undefined],
    [{ 'Fn::Not': [unknown] }, undefined],
    [{ 'Fn::Contains': [yes] }, undefined],
    [{ Condition: 'Circle' }, undefined],
  ])('%j holds: %j', (value, holds) => {
    expect(evaluateCondition(value, scope)).toBe(holds)
  })
})

describe('conditions that refer to each other', () => {
  const named = (entries: (readonly [string, Tree])[]) => ({
    values,
    conditions: Object.fromEntries<Tree>([['C0', { 'Fn::Equals': [{ Ref: 'Prefix' }, 'ddn'] }], ...entries]),
  })
  const chain = (length: number, link: (before: string) => Tree) =>
    named(Array.from({ length }, (_, at) => [`C${at + 1}`, link(`C${at}`)] as const))

  it.each<[string, (before: string) => Tree]>([
    ['And', (name) => ({ 'Fn::And': [{ Condition: name }, { Condition: name }] })],
    ['If', (name) => ({ 'Fn::Equals': ['1', { 'Fn::If': [name, { 'Fn::If': [name, '1', '2'] }, '3'] }] })],
  ])('are evaluated once each: a long chain of %s', (_, link) => {
    const long = chain(20_000, link)
    expect(evaluateCondition({ Condition: 'C20000' }, long)).toBe(true)
    expect(evaluateCondition({ Condition: 'C9' }, { ...long, values: new Map([['Prefix', 'x']]) })).toBe(
      false,
    )
  })

  it('are not known where they form a cycle', () => {
    const circle = named([
      ['A', { 'Fn::And': [{ Condition: 'B' }, { Condition: 'C0' }] }],
      ['B', { 'Fn::Not': [{ Condition: 'A' }] }],
      ['D', { 'Fn::Or': [{ Condition: 'B' }, { Condition: 'C0' }] }],
    ])
    expect(['A', 'B', 'D', 'C0'].map((Condition) => evaluateCondition({ Condition }, circle))).toEqual([
      undefined,
      undefined,
      true,
      true,
    ])
  })
})
