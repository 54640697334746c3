import { type CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import { listPages } from './pages.ts'

/** A resource of a stack. */
export type StackResource = { logicalId: string; physicalId: string; type: string }

/** Lists the resources of a stack that exist. */
export async function listResources(client: CloudFormationClient, arn: string): Promise<StackResource[]> {
  const resources = await listPages(async (NextToken) => {
    const page = await client.send(new ListStackResourcesCommand({ StackName: arn, NextToken }))
    return { items: page.StackResourceSummaries ?? [], next: page.NextToken }
  })
  return resources.flatMap(({ LogicalResourceId, PhysicalResourceId, ResourceType, ResourceStatus = '' }) =>
    PhysicalResourceId && !/^DELETE_(COMPLETE|SKIPPED)$/.test(ResourceStatus)
      ? [{ logicalId: LogicalResourceId ?? '', physicalId: PhysicalResourceId, type: ResourceType ?? '' }]
      : [],
  )
}
