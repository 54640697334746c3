import {
  type Capability,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
} from '@aws-sdk/client-cloudformation'
import { type ChangeSetSettings, toSettingsInput } from './change-set-settings.ts'
import { awsErrorDetail, awsErrorName } from './errors.ts'
import { listPages } from './pages.ts'
import { type ResourceChange, toResourceChange } from './resource-change.ts'

/** A change set as it stands. */
export type ChangeSet = { status: string; reason: string; changes: ResourceChange[] }

/** A resource that an import takes in: its identifier is a property and its value. */
type ImportedResource = { logicalId: string; type: string; identifier: { name: string; value: string } }

/** What a change set is created from. A parameter with an undefined value keeps the one that the stack has. */
export type ChangeSetRequest = {
  stackName: string
  name: string
  type: 'CREATE' | 'UPDATE' | 'IMPORT'
  /** `previous` is the one that the stack has. */
  template: { body: string } | { url: string } | 'previous'
  parameters: ReadonlyMap<string, string | undefined>
  tags: ReadonlyMap<string, string>
  /** What the template may do: make roles, use macros. */
  capabilities?: readonly Capability[]
  /** Whether resources that exist, and whose names the template gives as they are, are imported; not by default. */
  importsExisting?: boolean
  settings?: ChangeSetSettings
  /** For an import: the resources that it takes in, and which it names by an identifier. */
  imports?: readonly ImportedResource[]
}

/** The ARNs of a change set that is being created, and of its stack. */
export type MadeChangeSet = { changeSetArn: string; stackArn: string }

/** A change set that is there, and whether it can be executed: `AVAILABLE`. */
export type FoundChangeSet = MadeChangeSet & { executionStatus: string }

/** Description of the change sets of this action, by which later runs recognise them. */
export const changeSetDescription = 'Created by deploy-stack of gpu-service-actions'

/** Starts to create a change set; a refusal is no error. */
export async function createChangeSet(
  client: CloudFormationClient,
  request: ChangeSetRequest,
  RoleARN: string | undefined,
): Promise<MadeChangeSet | { refusal: string }> {
  try {
    return await sendChangeSet(client, request, RoleARN)
  } catch (error) {
    // A template or a value that CloudFormation does not accept.
    if (/^(ValidationError|InsufficientCapabilities)/.test(awsErrorName(error)))
      return { refusal: awsErrorDetail(error) }
    // Its name is of this run alone: it was made by a call whose answer was lost.
    if (awsErrorName(error) === 'AlreadyExistsException') return await findChangeSet(client, request)
    throw error
  }
}

/** Finds a change set by name. */
export async function findChangeSet(
  client: CloudFormationClient,
  { stackName: StackName, name: ChangeSetName }: Pick<ChangeSetRequest, 'stackName' | 'name'>,
): Promise<FoundChangeSet> {
  const { ChangeSetId, StackId, ExecutionStatus } = await client.send(
    new DescribeChangeSetCommand({ StackName, ChangeSetName }),
  )
  if (ChangeSetId && StackId)
    return { changeSetArn: ChangeSetId, stackArn: StackId, executionStatus: ExecutionStatus ?? '' }
  throw new Error(`cloudformation:DescribeChangeSet ${StackName}/${ChangeSetName}: expected an id, got none`)
}

async function sendChangeSet(
  client: CloudFormationClient,
  request: ChangeSetRequest,
  RoleARN: string | undefined,
): Promise<MadeChangeSet> {
  const { stackName, name, type, template, parameters, tags, importsExisting, settings, imports } = request
  const { capabilities = [] } = request
  const { Id, StackId } = await client.send(
    new CreateChangeSetCommand({
      StackName: stackName,
      ChangeSetName: name,
      Description: changeSetDescription,
      ChangeSetType: type,
      ...nameTemplate(template),
      Parameters: [...parameters].map(([ParameterKey, value]) =>
        value === undefined
          ? { ParameterKey, UsePreviousValue: true }
          : { ParameterKey, ParameterValue: value },
      ),
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
      Capabilities: [...capabilities],
      ...(importsExisting && { ImportExistingResources: true }),
      ...toSettingsInput(settings, RoleARN),
      ...(imports
        ? { ResourcesToImport: imports.map(toImportInput) }
        : { OnStackFailure: 'ROLLBACK' as const }),
      ClientToken: name,
    }),
  )
  if (!Id || !StackId)
    throw new Error(`cloudformation:CreateChangeSet ${stackName}: expected an id, got none`)
  return { changeSetArn: Id, stackArn: StackId }
}

const toImportInput = ({ logicalId, type, identifier }: ImportedResource) => ({
  LogicalResourceId: logicalId,
  ResourceType: type,
  ResourceIdentifier: { [identifier.name]: identifier.value },
})

/** Describes a change set with all its changes. */
export async function describeChangeSet(client: CloudFormationClient, arn: string): Promise<ChangeSet> {
  let status = ''
  let reason = ''
  const changes = await listPages(async (NextToken) => {
    const input = { ChangeSetName: arn, IncludePropertyValues: true, NextToken }
    const page = await client.send(new DescribeChangeSetCommand(input))
    status = page.Status ?? ''
    reason = page.StatusReason ?? ''
    return { items: page.Changes ?? [], next: page.NextToken }
  })
  return {
    status,
    reason,
    changes: changes.map(({ ResourceChange: change }) => toResourceChange(change)),
  }
}

function nameTemplate(template: ChangeSetRequest['template']) {
  if (template === 'previous') return { UsePreviousTemplate: true }
  return 'body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url }
}
