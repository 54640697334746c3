import { describe, expect, it } from 'vitest'
import { evaluateCondition, evaluateText } from '../../../actions/deploy-stack/graph/evaluate.ts'

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
const mappings = { Sizes: { r: { one: 's', more: ['a', 'b'] } } }
const scope = { values, conditions, mappings, lists: new Set(['Names']) }

it.each([
  ['ddn', 'ddn'],
  [{ Ref: 'Prefix' }, 'ddn'],
  [{ Ref: 'Empty' }, ''],
  [{ Ref: 'Other' }, undefined],
  [{ 'Fn::Sub': '${Prefix}-in-${AWS::Region}' }, 'ddn-in-r'],
  [{ 'Fn::Sub': '${!Prefix}-${Prefix}' }, '${Prefix}-ddn'],
  [{ 'Fn::Sub': '${Prefix}-${Bucket.Arn}' }, undefined],
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
  [{ 'Fn::Join': ['+', { Ref: 'Names' }] }, 'a+b'],
  [{ Ref: 'Prefix', 'Fn::Sub': 'x' }, undefined],
  [['ddn'], undefined],
  [undefined, undefined],
])('evaluates %j to %j', (value, text) => {
  expect(evaluateText(value, scope)).toBe(text)
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
