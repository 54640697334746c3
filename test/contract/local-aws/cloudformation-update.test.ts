import {
  DescribeStackEventsCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { expect, it } from 'vitest'
import { contractAccount, isLocal } from '../../contract-account.ts'
import { setControl } from '../../fixtures/registry.ts'
import { parameter, stacksOf } from '../../fixtures/stack.ts'
import { localAws } from '../../local-aws.ts'

const { client, create, update, describe, reasons } = stacksOf(contractAccount())

it('tells of an update what is created, changed, replaced and deleted, and nothing of what stays', async () => {
  await create('updated', {
    Resources: {
      Stays: parameter('/updated/stays'),
      Changes: parameter('/updated/changes', 'before'),
      Replaced: parameter('/updated/old'),
      Gone: parameter('/updated/gone'),
    },
  })
  const before = (await reasons('updated')).length
  await update('updated', {
    Resources: {
      Stays: parameter('/updated/stays'),
      Changes: parameter('/updated/changes', 'after'),
      Replaced: parameter('/updated/new'),
      Added: parameter('/updated/added'),
    },
  })
  expect((await reasons('updated')).slice(before).map((line) => line.trim())).toEqual([
    'updated UPDATE_IN_PROGRESS User Initiated',
    'Added CREATE_IN_PROGRESS',
    'Added CREATE_COMPLETE',
    'Changes UPDATE_IN_PROGRESS',
    'Changes UPDATE_COMPLETE',
    'Replaced UPDATE_IN_PROGRESS',
    'Replaced UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
    'Replaced UPDATE_COMPLETE',
    'updated UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Replaced DELETE_IN_PROGRESS',
    'Replaced DELETE_COMPLETE',
    'Gone DELETE_IN_PROGRESS',
    'Gone DELETE_COMPLETE',
    'updated UPDATE_COMPLETE',
  ])
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'updated' }))
  const { LastOperations = [] } = await describe('updated')
  expect(StackEvents[0]?.OperationId).toBe(LastOperations[0]?.OperationId)
  expect(LastOperations.map(({ OperationType }) => OperationType)).toEqual(['UPDATE_STACK', 'CREATE_STACK'])
  const { StackResourceSummaries = [] } = await client.send(
    new ListStackResourcesCommand({ StackName: 'updated' }),
  )
  const statuses = StackResourceSummaries.map(
    ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
  )
  expect(statuses.sort()).toEqual([
    'Added CREATE_COMPLETE',
    'Changes UPDATE_COMPLETE',
    'Replaced UPDATE_COMPLETE',
    'Stays CREATE_COMPLETE',
  ])
})

it.runIf(isLocal)('may be described late, where that was asked for', async () => {
  const local = localAws()
  const late = stacksOf(local)
  await late.create('late', { Resources: { A: parameter('/late', 'before') } })
  await setControl(local, 'stack-lag', { reads: 2 })
  const shown = async () => (await late.describe('late')).StackStatus
  await shown()
  await late.client.send(
    new UpdateStackCommand({
      StackName: 'late',
      TemplateBody: JSON.stringify({ Resources: { A: parameter('/late', 'after') } }),
    }),
  )
  expect([await shown(), await shown()]).toEqual(['CREATE_COMPLETE', 'CREATE_COMPLETE'])
  expect((await late.settle('late')).StackStatus).toMatch(/^UPDATE/)
})
