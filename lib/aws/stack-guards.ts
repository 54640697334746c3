import {
  CloudFormationClient,
  GetStackPolicyCommand,
  SetStackPolicyCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { type AwsConfig, makeClient } from './client.ts'

/** What CloudFormation keeps a stack from. */
export type StackGuards = {
  setTerminationProtection(stackName: string, isOn: boolean): Promise<void>
  /** Reads the policy of a stack as text; undefined where it has none. */
  readPolicy(stackName: string): Promise<string | undefined>
  setPolicy(stackName: string, policy: string): Promise<void>
}

/** Makes the adapter to the guards of stacks. */
export function makeStackGuards(config: AwsConfig): StackGuards {
  const client = makeClient(CloudFormationClient, config)
  return {
    setTerminationProtection: async (StackName, EnableTerminationProtection) => {
      await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection }))
    },
    readPolicy: async (StackName) =>
      (await client.send(new GetStackPolicyCommand({ StackName }))).StackPolicyBody,
    setPolicy: async (StackName, StackPolicyBody) => {
      await client.send(new SetStackPolicyCommand({ StackName, StackPolicyBody }))
    },
  }
}
