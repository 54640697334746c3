import {
  type Capability,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation'
import { messageOf } from '../errors.ts'
import type { AwsConfig } from './client.ts'
import { awsErrorName, explainAwsError } from './errors.ts'
import { listEvents, listValidationErrors, type StackEvent } from './stack-events.ts'

/** A stack as it stands. */
export type Stack = {
  arn: string
  status: string
  statusReason: string
  outputs: ReadonlyMap<string, string>
  parameters: ReadonlyMap<string, string>
}

/** What a change set would do to one resource. */
export type ResourceChange = { action: string; logicalId: string; type: string; replacement: string }

/** A change set as it stands. */
export type ChangeSet = { status: string; reason: string; changes: ResourceChange[] }

/** What a change set is made of. A parameter with an undefined value keeps the one that the stack has. */
export type ChangeSetRequest = {
  stackName: string
  name: string
  type: 'CREATE' | 'UPDATE'
  template: { body: string } | { url: string }
  parameters: ReadonlyMap<string, string | undefined>
  tags: ReadonlyMap<string, string>
}

/** Where a change set that is being made is found. */
type MadeChangeSet = { changeSetArn: string; stackArn: string }

/** The calls to CloudFormation that a deployment needs. */
export type CloudFormation = {
  /** Describes a stack by name or ARN; `undefined` where there is none. */
  describe(stack: string): Promise<Stack | undefined>
  /** Starts to make a change set, and gives the ARNs of it and of its stack, or why it is refused at once. */
  createChangeSet(request: ChangeSetRequest): Promise<MadeChangeSet | { refusal: string }>
  describeChangeSet(changeSetArn: string): Promise<ChangeSet>
  /** Lists what validation found wrong, as sentences; empty also where the role may not read it. */
  listValidationErrors(changeSetArn: string): Promise<string[]>
  executeChangeSet(changeSetArn: string): Promise<void>
  deleteChangeSet(changeSetArn: string): Promise<void>
  deleteStack(stackArn: string): Promise<void>
  /** Lists events that are newer than the given one, oldest first. */
  listEvents(stackArn: string, after: string | undefined): Promise<StackEvent[]>
  /** Lists the resources that exist: logical id, physical id and type. */
  listResources(stackArn: string): Promise<{ logicalId: string; physicalId: string; type: string }[]>
}

/** A stack that can only be deleted, or that was never made: the next deployment creates it. */
export const failedCreationStatuses = [
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'REVIEW_IN_PROGRESS',
  'DELETE_COMPLETE',
]

// Templates of a toolkit for deployment make roles with names, and may use the language extensions.
const capabilities: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']

/** Makes the adapter to CloudFormation. */
export function makeCloudFormation(config: AwsConfig): CloudFormation {
  const client = new CloudFormationClient(config)
  const explained =
    <A extends unknown[], R>(action: string, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await call(...args)
      } catch (error) {
        throw explainAwsError(error, `cloudformation:${action}`, config.region)
      }
    }
  return {
    describe: explained('DescribeStacks', (stack: string) => describeStack(client, stack)),
    createChangeSet: explained('CreateChangeSet', (request: ChangeSetRequest) =>
      createChangeSet(client, request),
    ),
    describeChangeSet: explained('DescribeChangeSet', (arn: string) => describeChangeSet(client, arn)),
    listValidationErrors: (arn) => listValidationErrors(client, arn),
    executeChangeSet: explained('ExecuteChangeSet', async (arn: string) => {
      await client.send(new ExecuteChangeSetCommand({ ChangeSetName: arn }))
    }),
    deleteChangeSet: explained('DeleteChangeSet', async (arn: string) => {
      await client.send(new DeleteChangeSetCommand({ ChangeSetName: arn }))
    }),
    deleteStack: explained('DeleteStack', async (arn: string) => {
      await client.send(new DeleteStackCommand({ StackName: arn }))
    }),
    listEvents: explained('DescribeStackEvents', (arn: string, after: string | undefined) =>
      listEvents(client, arn, after),
    ),
    listResources: explained('ListStackResources', (arn: string) => listResources(client, arn)),
  }
}

async function describeStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }))
    const stack = Stacks?.[0]
    if (!stack?.StackId) return undefined
    const pairs = (items: [string | undefined, string | undefined][]) =>
      new Map(items.flatMap(([key, value]) => (key === undefined ? [] : [[key, value ?? '']])))
    return {
      arn: stack.StackId,
      status: stack.StackStatus ?? '',
      statusReason: stack.StackStatusReason ?? '',
      outputs: pairs((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
      parameters: pairs(
        (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
      ),
    }
  } catch (error) {
    // "Does not exist" has no name of its own: other validation errors must not be taken for it.
    if (awsErrorName(error) === 'ValidationError' && / does not exist/.test(messageOf(error)))
      return undefined
    throw error
  }
}

async function createChangeSet(
  client: CloudFormationClient,
  request: ChangeSetRequest,
): Promise<MadeChangeSet | { refusal: string }> {
  try {
    return await sendChangeSet(client, request)
  } catch (error) {
    // A template or a value that CloudFormation does not take.
    if (awsErrorName(error) === 'ValidationError') return { refusal: messageOf(error) }
    throw error
  }
}

async function sendChangeSet(
  client: CloudFormationClient,
  request: ChangeSetRequest,
): Promise<MadeChangeSet> {
  const { stackName, name, type, template, parameters, tags } = request
  const { Id, StackId } = await client.send(
    new CreateChangeSetCommand({
      StackName: stackName,
      ChangeSetName: name,
      ChangeSetType: type,
      ...('body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
      Parameters: [...parameters].map(([ParameterKey, value]) =>
        value === undefined
          ? { ParameterKey, UsePreviousValue: true }
          : { ParameterKey, ParameterValue: value },
      ),
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
      Capabilities: capabilities,
      OnStackFailure: 'ROLLBACK',
    }),
  )
  if (!Id || !StackId)
    throw new Error(`cloudformation CreateChangeSet ${stackName}: expected an id, got none`)
  return { changeSetArn: Id, stackArn: StackId }
}

async function describeChangeSet(client: CloudFormationClient, arn: string): Promise<ChangeSet> {
  const changes: ResourceChange[] = []
  let token: string | undefined
  for (;;) {
    const page = await client.send(new DescribeChangeSetCommand({ ChangeSetName: arn, NextToken: token }))
    for (const { ResourceChange: change } of page.Changes ?? []) {
      changes.push({
        action: change?.Action ?? '',
        logicalId: change?.LogicalResourceId ?? '',
        type: change?.ResourceType ?? '',
        replacement: change?.Replacement ?? '',
      })
    }
    token = page.NextToken
    if (!token) return { status: page.Status ?? '', reason: page.StatusReason ?? '', changes }
  }
}

async function listResources(client: CloudFormationClient, arn: string) {
  const resources: { logicalId: string; physicalId: string; type: string }[] = []
  let token: string | undefined
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: arn, NextToken: token }))
    for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of page.StackResourceSummaries ?? []) {
      if (!PhysicalResourceId) continue
      resources.push({
        logicalId: LogicalResourceId ?? '',
        physicalId: PhysicalResourceId,
        type: ResourceType ?? '',
      })
    }
    token = page.NextToken
  } while (token)
  return resources
}
