import type { ActionContext } from '../../lib/action.ts'
import type { CapacityDrain } from '../../lib/aws/capacity-drain.ts'
import type { Certificate } from '../../lib/aws/certificates.ts'
import type { CloudFormation, Stack } from '../../lib/aws/cloudformation.ts'
import type { DataDeletion } from '../../lib/aws/data-deletion.ts'
import type { EcrRepository } from '../../lib/aws/ecr-repository.ts'
import type { ImageTags } from '../../lib/aws/ecr-tags.ts'
import type { ServiceEvidenceReader } from '../../lib/aws/evidence/service.ts'
import type { LogBucket } from '../../lib/aws/log-bucket.ts'
import type { NamedResources } from '../../lib/aws/named-resources.ts'
import type { ServiceLinkedRoles } from '../../lib/aws/service-linked-roles.ts'
import type { Ec2Quotas } from '../../lib/aws/service-quotas.ts'
import type { StackDrift } from '../../lib/aws/stack-drift.ts'
import type { StackGuards } from '../../lib/aws/stack-guards.ts'
import type { StoredValues } from '../../lib/aws/stored-values.ts'
import type { Subnet } from '../../lib/aws/subnets.ts'
import type { Subscriptions } from '../../lib/aws/subscriptions.ts'
import type { TaskDefinitions } from '../../lib/aws/task-definitions.ts'
import type { ToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import type { StackLinks } from '../../lib/console.ts'
import type { Log } from '../../lib/log.ts'
import type { CountedInstance } from '../../lib/service/gpu-quota.ts'
import type { PauseStates } from '../../lib/service/pause-state/states.ts'
import type { Clock } from '../../lib/wait.ts'
import type { Inputs } from './inputs.ts'

/** Where stacks.yml is looked for when the input names none: relative to the workspace, and as the action brings it. */
export type StacksFiles = {
  /** Path of the one in the action's own repository. */
  brought: string
  exists(path: string): boolean
}

/** What the run needs besides the context of every action. */
export type DeployContext = ActionContext & {
  stacksFiles: StacksFiles
  /** Opens CloudFormation, which works with the rights of the service role, if one is given; nothing is called yet. */
  open(prefix: string, serviceRoleArn: string | undefined): OpenedAccount
}

/** CloudFormation, before it is known whose account it is. */
export type OpenedAccount = {
  cloudFormation: CloudFormation
  /** Connects to the rest; the ARN of a stack that is there tells the account without a call. */
  connect(stackArn: string | undefined): Promise<Connections>
}

/** The account that is deployed to, and its services. */
export type Connections = {
  account: string
  region: string
  cloudFormation: CloudFormation
  toolkit: ToolkitAssets
  pauseStates: PauseStates
  /** Forgets a service that is gone. */
  forgetState(cluster: string, service: string): Promise<void>
  /** Reads the desired count of a service; undefined where it is not there. */
  readDesired(cluster: string, service: string): Promise<number | undefined>
  dataDeletion: DataDeletion
  taskDefinitions: TaskDefinitions
  stackDrift: StackDrift
  imageTags: ImageTags
  /** Describes a repository of ECR in this account and region; `undefined` where there is none. */
  describeRepository(name: string): Promise<Pick<EcrRepository, 'uri' | 'isImmutable'> | undefined>
  capacityDrain: CapacityDrain
  namedResources: NamedResources
  serviceLinkedRoles: ServiceLinkedRoles
  /** Describes those of some subnets that exist. */
  describeSubnets(ids: readonly string[]): Promise<Subnet[]>
  /** Lists the ids of the zones of the region that offer an instance type. */
  listOfferedZones(type: string): Promise<string[]>
  /** Describes a certificate of ACM by its ARN. */
  describeCertificate(arn: string): Promise<Certificate | 'missing'>
  /** Describes a bucket for access logs. */
  describeLogBucket(name: string): Promise<LogBucket | 'missing'>
  subscriptions: Subscriptions
  /** Lists running and pending On-Demand instances of families. */
  listInstances(families: readonly string[]): Promise<CountedInstance[]>
  quotas: Ec2Quotas
  serviceEvidence: ServiceEvidenceReader
  stackGuards: StackGuards
  storedValues: StoredValues
}

/** What the work on stacks needs: the API, time until the end of all waits, and the signal of a cancel. */
export type ApplyContext = {
  cloudFormation: CloudFormation
  serviceEvidence: ServiceEvidenceReader
  log: Log
  clock: Clock
  signal: AbortSignal
  /** When all waits end, in milliseconds since the epoch. */
  deadline: number
  /** Stack name to the status last seen, of the operations that CloudFormation works on. */
  operations: Map<string, string>
  /** Stack name to where it is in the console, with the change set that was kept or executed. */
  links: Map<string, StackLinks>
  /** Begins the tokens of the operations of this run, by which their events are told from others. */
  runToken: string
  /** Called at each look of a wait: keeps the locks of this run. */
  beat?: (() => Promise<void>) | undefined
}

/** What the work on each stack of a run shares. */
export type StackContext = ApplyContext & {
  connections: Connections
  inputs: Inputs
  /** Stack name to the stack as it was described last, if it was there, and when, in milliseconds since the epoch. */
  seen: Map<string, { stack: Stack | undefined; at: number }>
  /** A stack to its template as it was read just before the stack was described. */
  texts: Map<Stack, string>
  /** The names of all stacks of the graph, by key. */
  stackNames: ReadonlyMap<string, string>
  /** URL of the workflow's run; '' where there is none. */
  runUrl: string
}

/** Names a stack of the graph. */
export function stackNameOf(key: string, { stackNames }: Pick<StackContext, 'stackNames'>): string {
  return stackNames.get(key) ?? key
}
