import { describe, expect, it } from 'vitest'
import { evaluateCondition, evaluateText } from '../../../actions/deploy-stack/graph/evaluate.ts'

const values = new Map([
  ['Prefix', 'ddn'],
  ['Empty', ''],
  ['AWS::Region', 'r'],
])
const conditions = {
  Yes: { '!Equals': [{ '!Ref': 'Prefix' }, 'ddn'] },
  No: { 'Fn::Not': [{ Condition: 'Yes' }] },
  Unknown: { '!Equals': [{ '!GetAtt': 'A.B' }, ''] },
  Circle: { '!Not': [{ '!Condition': 'Circle' }] },
}
const scope = { values, conditions }

it.each([
  ['ddn', 'ddn'],
  [7, '7'],
  [{ '!Ref': 'Prefix' }, 'ddn'],
  [{ Ref: 'Empty' }, ''],
  [{ Ref: 'Other' }, undefined],
  [{ '!Sub': '${Prefix}-in-${AWS::Region}' }, 'ddn-in-r'],
  [{ 'Fn::Sub': '${!Prefix}-${Prefix}' }, '${Prefix}-ddn'],
  [{ '!Sub': '${Prefix}-${Bucket.Arn}' }, undefined],
  [{ '!Sub': ['${A}/${Prefix}', { A: { Ref: 'Prefix' } }] }, 'ddn/ddn'],
  [{ '!If': ['Yes', { Ref: 'Prefix' }, 'x'] }, 'ddn'],
  [{ 'Fn::If': ['No', 'y', 'x'] }, 'x'],
  [{ '!If': ['Unknown', 'y', 'x'] }, undefined],
  [{ '!If': ['Missing', 'y', 'x'] }, undefined],
  [{ '!Join': ['/', ['', { Ref: 'Prefix' }, 'x']] }, '/ddn/x'],
  [{ '!Join': ['/', [{ '!GetAtt': 'A.B' }]] }, undefined],
  [{ '!Join': ['_', { '!Split': ['-', { '!Sub': '${Prefix}-a-b' }] }] }, 'ddn_a_b'],
  [{ '!Join': ['_', { '!Split': ['-', { '!GetAtt': 'A.B' }] }] }, undefined],
  [{ '!Join': ['_', { Ref: 'Prefix' }] }, undefined],
  [{ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
  [{ 'Fn::Select': [2, ['a', { Ref: 'Prefix' }]] }, undefined],
  [{ '!GetAtt': 'A.B' }, undefined],
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
    [{ '!And': [yes, yes] }, true],
    [{ '!And': [unknown, no] }, false],
    [{ '!And': [unknown, yes] }, undefined],
    [{ '!Or': [no, no] }, false],
    [{ '!Or': [unknown, yes] }, true],
    [{ '!Or': [unknown, no] }, undefined],
    [{ '!Not': [unknown] }, undefined],
    [{ '!Contains': [yes] }, undefined],
    [{ '!Condition': 'Circle' }, undefined],
  ])('%j holds: %j', (value, holds) => {
    expect(evaluateCondition(value, scope)).toBe(holds)
  })
})
