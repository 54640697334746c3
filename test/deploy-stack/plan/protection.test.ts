import { expect, it } from 'vitest'
import { noSettings } from '../../../actions/deploy-stack/graph/stack-settings.ts'
import { reviewChanges, verifyUnprotected } from '../../../actions/deploy-stack/plan/protection.ts'
import type { ResourceChange } from '../../../lib/aws/resource-change.ts'

const stack = (isProtected = false) => ({
  key: 'data',
  stackName: 'ddn-data',
  settings: { ...noSettings, isProtected },
})
const change = (fields: Partial<ResourceChange>): ResourceChange => ({
  ...{ action: 'Modify', logicalId: 'Files', type: 'AWS::S3::Bucket', replacement: 'False' },
  ...fields,
})
const name = { name: 'Properties/BucketName', before: 'a', after: 'b', replaces: 'Always' }

it.each([
  [
    'replaced',
    { replacement: 'True', properties: [name] },
    'would be replaced by an empty one, since BucketName changes',
  ],
  ['perhaps replaced', { replacement: 'Conditional' }, 'would perhaps be replaced by an empty one'],
  ['removed', { action: 'Remove' }, 'would be deleted'],
])('refuses that what holds data is %s', (_, fields, text) => {
  expect(reviewChanges(stack(), [change(fields)], [])).toBe(
    `Files (AWS::S3::Bucket) ${text}; it holds data: change it back, or allow: data.Files`,
  )
})

it.each([
  ['modified', {}],
  ['made', { action: 'Add', replacement: '' }],
  ['removed, and stays', { action: 'Remove', policyAction: 'Retain' }],
  ['given the name that it has', { replacement: 'True', properties: [{ ...name, after: 'a' }] }],
  ['of another type', { action: 'Remove', type: 'AWS::SNS::Topic' }],
])('takes that what holds data is %s', (_, fields) => {
  expect(reviewChanges(stack(), [change(fields)], [])).toBeUndefined()
})

it('refuses that anything of a protected stack goes', () => {
  const changes = [
    change({ action: 'Remove', type: 'AWS::SNS::Topic' }),
    change({ logicalId: 'B', replacement: 'True' }),
  ]
  expect(reviewChanges(stack(true), changes, [])).toBe(
    'Files (AWS::SNS::Topic) would be deleted; B (AWS::S3::Bucket) would be replaced by an empty one; stacks.yml protects the stack: change it back, or allow: data.Files, data.B',
  )
  const kept = change({ action: 'Remove', policyAction: 'Retain' })
  expect(reviewChanges(stack(true), [kept], [])).toContain('Files (AWS::S3::Bucket) would leave the stack')
})

it('takes what is allowed by name', () => {
  const changes = [change({ action: 'Remove' }), change({ action: 'Remove', logicalId: 'Other' })]
  expect(reviewChanges(stack(), changes, ['data.Files', 'data.Other'])).toBeUndefined()
  expect(reviewChanges(stack(), changes, ['ddn-data'])).toBeUndefined()
  expect(reviewChanges(stack(), changes, ['data.Files'])).toContain('allow: data.Other')
})

it('refuses to destroy a protected stack that is not allowed', () => {
  const names = new Map([['data', 'ddn-data']])
  expect(() => verifyUnprotected([stack(true)], names, [])).toThrow('ddn-data: stacks.yml protects the stack')
  expect(() => verifyUnprotected([stack(true)], names, ['ddn-data'])).not.toThrow()
  expect(() => verifyUnprotected([stack()], names, [])).not.toThrow()
})
