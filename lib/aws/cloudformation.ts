import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import {
  type ChangeSet,
  type ChangeSetRequest,
  createChangeSet,
  describeChangeSet,
  type FoundChangeSet,
  findChangeSet,
  type MadeChangeSet,
} from './change-set.ts'
import { deleteChangeSet, executeChangeSet } from './change-set-execution.ts'
import { type ListedChangeSet, listChangeSets } from './change-set-list.ts'
import { type AwsConfig, forCleanUp, makeClient } from './client.ts'
import { awsErrorDetail, awsErrorName } from './errors.ts'
import { listImports } from './imports.ts'
import { findNewestEvent, listEvents, listValidationErrors, type StackEvent } from './stack-events.ts'
import { listResources, type StackResource } from './stack-resources.ts'

/** A stack as it stands. */
export type Stack = {
  name: string
  arn: string
  status: string
  statusReason: string
  outputs: ReadonlyMap<string, string>
  /** Names of the exports among its outputs. */
  exports: readonly string[]
  parameters: ReadonlyMap<string, string>
  tags: ReadonlyMap<string, string>
  /** Whether termination protection refuses a deletion. */
  isProtected: boolean
  /** The change set that was executed last; '' where it is not known. */
  changeSetArn: string
  /** The newest operations; empty where they are not known. */
  operationIds: readonly string[]
}

/** The calls to CloudFormation that a deployment needs. */
export type CloudFormation = {
  /** Describes a stack by name or ARN; `undefined` where there is none. */
  describe(stack: string): Promise<Stack | undefined>
  /** Reads the template of a stack as it was written. */
  readTemplate(stackArn: string): Promise<string>
  /** Starts to create a change set; returns its ARN and that of its stack, or why it is refused at once. */
  createChangeSet(request: ChangeSetRequest): Promise<MadeChangeSet | { refusal: string }>
  /** Finds a change set by name; `undefined` where it is gone. */
  findChangeSet(stackName: string, name: string): Promise<FoundChangeSet | undefined>
  describeChangeSet(changeSetArn: string): Promise<ChangeSet>
  /** Lists what validation found wrong, as sentences; empty also where the role may not read it. */
  listValidationErrors(changeSetArn: string): Promise<string[]>
  /** Executes a change set; its events carry the token. */
  executeChangeSet(changeSetArn: string, token: string): Promise<void>
  /** Lists the first page of a stack's change sets. */
  listChangeSets(stackName: string): Promise<ListedChangeSet[]>
  /** Deletes a change set, also after a cancel. One that is gone is no error. */
  deleteChangeSet(changeSetArn: string): Promise<void>
  /** Begins to delete a stack; its events carry the token. */
  deleteStack(stackArn: string, token: string): Promise<void>
  /** Goes on with a rollback that failed, without some resources; its events carry the token. */
  continueRollback(stackArn: string, skipped: readonly string[], token: string): Promise<void>
  /** Names the stacks that import an export. */
  listImports(exportName: string): Promise<string[]>
  /** Finds the newest event. */
  findNewestEvent(stackArn: string): Promise<StackEvent | undefined>
  /** Lists events that are newer than the given one, oldest first. */
  listEvents(stackArn: string, after: string | undefined): Promise<StackEvent[]>
  /** Lists the resources that exist. */
  listResources(stackArn: string): Promise<StackResource[]>
}

/**
 * Statuses of stacks that have to be deleted before their name can be deployed again. CREATE_FAILED is none: it keeps
 * what was created, for the user to look at (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html).
 */
export const undeployableStatuses = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED']

/** Statuses of stacks that the next deployment creates: there is none yet, or one that has to be deleted first. */
export const failedCreationStatuses = [...undeployableStatuses, 'REVIEW_IN_PROGRESS', 'DELETE_COMPLETE']

/** Returns whether a stack was made: one that was only reviewed has neither resources nor outputs. */
export const isMade = (stack: Stack | undefined): stack is Stack =>
  stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS'

/** Creates the adapter to CloudFormation, which works with the rights of a role, if one is given, else of the caller. */
export function makeCloudFormation(config: AwsConfig, RoleARN?: string): CloudFormation {
  const client = makeClient(CloudFormationClient, config)
  const cleaning = makeClient(CloudFormationClient, forCleanUp(config))
  return {
    describe: async (stack) => await describeStack(client, stack),
    readTemplate: async (StackName) => {
      const command = new GetTemplateCommand({ StackName, TemplateStage: 'Original' })
      return (await client.send(command)).TemplateBody ?? ''
    },
    createChangeSet: async (request) => await createChangeSet(client, request, RoleARN),
    findChangeSet: async (stackName, name) =>
      await findChangeSet(client, { stackName, name }).catch((error: unknown) => {
        if (/^ChangeSetNotFound/.test(awsErrorName(error)) || isMissingStack(error)) return undefined
        throw error
      }),
    describeChangeSet: async (arn) => await describeChangeSet(client, arn),
    listValidationErrors: async (arn) => await listValidationErrors(client, arn),
    executeChangeSet: async (arn, token) => await executeChangeSet(client, arn, token),
    listChangeSets: async (stackName) => await listChangeSets(client, stackName),
    deleteChangeSet: async (arn) => await deleteChangeSet(cleaning, arn),
    deleteStack: async (StackName, ClientRequestToken) => {
      await client.send(new DeleteStackCommand({ StackName, RoleARN, ClientRequestToken }))
    },
    continueRollback: async (StackName, skipped, ClientRequestToken) => {
      // An empty list would be sent, as one of an empty name.
      const ResourcesToSkip = skipped.length > 0 ? [...skipped] : undefined
      const input = { StackName, RoleARN, ClientRequestToken, ResourcesToSkip }
      await client.send(new ContinueUpdateRollbackCommand(input))
    },
    listImports: async (name) => await listImports(client, name),
    findNewestEvent: async (arn) => await findNewestEvent(client, arn),
    listEvents: async (arn, after) => await listEvents(client, arn, after),
    listResources: async (arn) => await listResources(client, arn),
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
      name: stack.StackName ?? '',
      arn: stack.StackId,
      status: stack.StackStatus ?? '',
      statusReason: stack.StackStatusReason ?? '',
      exports: (stack.Outputs ?? []).flatMap(({ ExportName }) => ExportName ?? []),
      outputs: pairs((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
      parameters: pairs(
        (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
      ),
      tags: pairs((stack.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
      isProtected: stack.EnableTerminationProtection ?? false,
      changeSetArn: stack.ChangeSetId ?? '',
      operationIds: (stack.LastOperations ?? []).flatMap(({ OperationId }) => OperationId ?? []),
    }
  } catch (error) {
    // "Does not exist" has no name of its own: other validation errors must not be taken for it.
    if (isMissingStack(error)) return undefined
    throw error
  }
}

const isMissingStack = (error: unknown) =>
  awsErrorName(error) === 'ValidationError' && / does not exist/.test(awsErrorDetail(error))
