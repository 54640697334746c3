import {
  type CloudFormationClient,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation'
import { awsErrorName } from './errors.ts'

/** Executes a change set; one that an earlier try of the call executed is no error. */
export async function executeChangeSet(
  client: CloudFormationClient,
  arn: string,
  token: string,
): Promise<void> {
  try {
    const input = { ChangeSetName: arn, ClientRequestToken: token }
    await client.send(new ExecuteChangeSetCommand(input))
  } catch (error) {
    if (!(await wasExecuted(client, arn, error))) throw error
  }
}

// A change set goes with its execution, and one that is being executed cannot be executed again: where the answer to
// the first call was lost, the second one meets that.
async function wasExecuted(client: CloudFormationClient, arn: string, error: unknown): Promise<boolean> {
  if (!/^(InvalidChangeSetStatus|ChangeSetNotFound)(Exception)?$/.test(awsErrorName(error))) return false
  try {
    const { ExecutionStatus: status } = await client.send(
      new DescribeChangeSetCommand({ ChangeSetName: arn }),
    )
    return status === 'EXECUTE_IN_PROGRESS' || status === 'EXECUTE_COMPLETE'
  } catch {
    return false
  }
}

/** Deletes a change set; one that is gone is no error. */
export async function deleteChangeSet(client: CloudFormationClient, arn: string): Promise<void> {
  try {
    await client.send(new DeleteChangeSetCommand({ ChangeSetName: arn }))
  } catch (error) {
    if (!/^ChangeSetNotFound(Exception)?$/.test(awsErrorName(error))) throw error
  }
}
