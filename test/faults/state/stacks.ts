import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import type { Account } from '../account.ts'
import { ifThere, joinStates, normalize, type State } from './state.ts'

/** Reads all stacks: status, parameters, outputs, tags and resources; how often each was changed; change sets left. */
export async function readStacks(account: Account): Promise<State> {
  const client = new CloudFormationClient(account.config)
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}))
  const states = await Promise.all(Stacks.map((stack) => readStack(client, stack)))
  const { reached, effects, leftovers } = joinStates(states)
  return {
    reached: normalize(reached, account),
    effects: normalize(effects, account),
    leftovers: normalize(leftovers, account),
  }
}

async function readStack(client: CloudFormationClient, stack: Stack): Promise<State> {
  const { StackName = '', StackId, StackStatus = '', Parameters = [], Outputs = [], Tags = [] } = stack
  // A creation that was finished by an update is as good as one that was not.
  const status = /^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus) ? 'deployed' : StackStatus
  const { StackResourceSummaries = [] } = await client.send(new ListStackResourcesCommand({ StackName }))
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }))
  const sets = await ifThere(client.send(new ListChangeSetsCommand({ StackName })))
  const changes = StackEvents.filter(
    ({ PhysicalResourceId, ResourceStatus }) =>
      PhysicalResourceId === StackId && /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(ResourceStatus ?? ''),
  )
  return {
    reached: [
      `stack ${StackName} ${status}`,
      ...Parameters.map((one) => `stack ${StackName} parameter ${one.ParameterKey}=${one.ParameterValue}`),
      ...Outputs.map((one) => `stack ${StackName} output ${one.OutputKey}=${one.OutputValue}`),
      ...Tags.map((one) => `stack ${StackName} tag ${one.Key}=${one.Value}`),
      ...StackResourceSummaries.map(
        (one) => `stack ${StackName} resource ${one.LogicalResourceId} ${one.PhysicalResourceId}`,
      ),
    ],
    effects: changes.map(({ ResourceStatus }) => `stack ${StackName} ${ResourceStatus}`),
    leftovers: (sets?.Summaries ?? [])
      .filter(({ ExecutionStatus }) => ExecutionStatus !== 'EXECUTE_COMPLETE')
      .map((set) => `change set ${set.ChangeSetName} of ${StackName}: ${set.Status} ${set.ExecutionStatus}`),
  }
}
