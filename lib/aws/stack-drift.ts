import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** One property that is not as the stack made it; values as CloudFormation writes them. */
type PropertyDifference = { path: string; expected: string; actual: string }

/** A resource that is not as its stack made it; without differences, it is gone. */
export type ResourceDrift = {
  logicalId: string
  physicalId: string
  type: string
  differences: readonly PropertyDifference[]
}

/** The calls that find what was changed beside CloudFormation. */
export type StackDrift = {
  /** Starts a detection; returns its id. */
  detect(stackName: string): Promise<string>
  /** Returns `undefined` while a detection runs, then why it failed, or '' where it did not. */
  describeDetection(id: string): Promise<string | undefined>
  /** Lists the resources that differ, after a detection. */
  list(stackName: string): Promise<ResourceDrift[]>
}

/** Creates the adapter that detects drift. */
export function makeStackDrift(config: AwsConfig): StackDrift {
  const client = makeClient(CloudFormationClient, config)
  return {
    detect: async (StackName) => {
      const { StackDriftDetectionId: id } = await client.send(new DetectStackDriftCommand({ StackName }))
      if (!id) throw new Error(`cloudformation:DetectStackDrift ${StackName}: expected an id, got none`)
      return id
    },
    describeDetection: async (StackDriftDetectionId) => {
      const { DetectionStatus, DetectionStatusReason } = await client.send(
        new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }),
      )
      if (DetectionStatus === 'DETECTION_IN_PROGRESS') return undefined
      return DetectionStatus === 'DETECTION_FAILED' ? (DetectionStatusReason ?? 'no reason given') : ''
    },
    list: async (StackName) => await listDrifts(client, StackName),
  }
}

async function listDrifts(client: CloudFormationClient, StackName: string): Promise<ResourceDrift[]> {
  const drifts = await listPages(async (NextToken) => {
    const StackResourceDriftStatusFilters = ['MODIFIED' as const, 'DELETED' as const]
    const input = { StackName, StackResourceDriftStatusFilters, NextToken }
    const page = await client.send(new DescribeStackResourceDriftsCommand(input))
    return { items: page.StackResourceDrifts ?? [], next: page.NextToken }
  })
  return drifts.map((drift) => ({
    logicalId: drift.LogicalResourceId ?? '',
    physicalId: drift.PhysicalResourceId ?? '',
    type: drift.ResourceType ?? '',
    differences: (drift.PropertyDifferences ?? []).map((each) => ({
      path: each.PropertyPath ?? '',
      expected: each.ExpectedValue ?? '',
      actual: each.ActualValue ?? '',
    })),
  }))
}
