import { type CloudFormationClient, ListChangeSetsCommand } from '@aws-sdk/client-cloudformation'

/** A change set in the list of its stack. */
export type ListedChangeSet = {
  arn: string
  name: string
  description: string
  executionStatus: string
  createdAt: Date
}

/** Lists the first page of a stack's change sets. */
export async function listChangeSets(
  client: CloudFormationClient,
  StackName: string,
): Promise<ListedChangeSet[]> {
  const { Summaries = [] } = await client.send(new ListChangeSetsCommand({ StackName }))
  return Summaries.map((summary) => ({
    arn: summary.ChangeSetId ?? '',
    name: summary.ChangeSetName ?? '',
    description: summary.Description ?? '',
    executionStatus: summary.ExecutionStatus ?? '',
    createdAt: summary.CreationTime ?? new Date(),
  }))
}
