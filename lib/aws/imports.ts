import { type CloudFormationClient, ListImportsCommand } from '@aws-sdk/client-cloudformation'
import { awsErrorDetail, awsErrorName } from './errors.ts'
import { listPages } from './pages.ts'

/** Names the stacks that import an export; none where it is not imported, or not there. */
export async function listImports(client: CloudFormationClient, ExportName: string): Promise<string[]> {
  try {
    return await listPages(async (NextToken) => {
      const page = await client.send(new ListImportsCommand({ ExportName, NextToken }))
      return { items: page.Imports ?? [], next: page.NextToken }
    })
  } catch (error) {
    // It has no name of its own.
    const isUnused = /is not imported by any stack|does not exist/.test(awsErrorDetail(error))
    if (awsErrorName(error) === 'ValidationError' && isUnused) return []
    throw error
  }
}
