import { gpuQuota as quota } from '../gpu-quota.ts'
import type { GroupEvidence, ServiceEvidence } from './evidence.ts'
import { explainText, type Finding, type Rule } from './finding.ts'

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
const eventRules: readonly Rule[] = [
  {
    pattern: /has insufficient CPU units available/,
    advice: 'give the task fewer CPU units, or take a larger instance type',
    cause: () => 'no instance has as many free CPU units as the task needs',
  },
  {
    pattern: /has insufficient memory available/,
    advice:
      'give the task less memory (of an instance, the system keeps a part), or take a larger instance type',
    cause: () => 'no instance has as much free memory as the task needs',
  },
  {
    pattern: /has insufficient GPU resource available/,
    advice:
      'allow another instance, or deploy with minimum 0 % and maximum 100 %, so that the old task makes room',
    cause: () => 'no instance has a free GPU',
  },
  {
    pattern: /No Container Instances were found in your (cluster|capacity provider)/,
    advice:
      'check that its Auto Scaling group can start instances, and that they register with the cluster: image, user data, role, and a way to the ECS endpoints',
    cause: ([, where]) => `its ${where} has no instances`,
  },
  {
    pattern: /encountered error "AGENT"/,
    advice: 'replace the instance: its ECS agent is not connected',
    cause: () => 'the ECS agent of the instance is not connected',
  },
  {
    pattern: /missing an attribute required by your task/,
    advice:
      'use an instance with a newer ECS agent and what the task asks for: GPU image, network mode, log driver',
  },
  {
    pattern: /is already using a port required by your task/,
    advice: 'use the network mode awsvpc, a dynamic host port, or one task an instance',
  },
  {
    pattern: /unable to stop or start tasks during a deployment because of the service deployment conf/,
    advice: 'lower the minimum healthy percent to 0, or raise the maximum percent to 200',
    cause: () => 'minimum and maximum percent let it neither stop nor start a task',
  },
  {
    pattern: /unable to assume (the|a) (service linked )?role|AWSServiceRoleForECS/i,
    advice: 'create the service-linked role of ECS',
  },
]

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html
const launchRules: readonly Rule[] = [
  {
    pattern: /VcpuLimitExceeded|more vCPU capacity than your current vCPU limit/,
    advice: `ask for more in Service Quotas under EC2 (GPU instances: "${quota.name}", ${quota.code})`,
  },
  {
    pattern: /InsufficientInstanceCapacity|do not have sufficient \S+ capacity/,
    advice: 'add subnets in other zones, take another instance type, or try again later',
  },
  {
    pattern: /not supported in your requested Availability Zone|Unsupported/,
    advice: 'take subnets in zones that offer the instance type, or another type',
  },
  {
    pattern: /InvalidAMIID|AMI .*(not exist|not found)/i,
    advice: 'correct the image of the launch template',
  },
  {
    pattern: /not authorized|UnauthorizedOperation|AccessDenied/,
    advice: 'give the role the permission that the message names',
  },
  {
    pattern: /InternalError|Client error on launch/,
    advice: 'let the service-linked role of Auto Scaling use the key that encrypts the volume',
  },
]

const steady = /has reached a steady state\.?$/

/** Explains why tasks are not placed: why instances do not start, or why those that are there do not do. */
export function diagnosePlacement(evidence: ServiceEvidence): Finding[] {
  const { service, events } = evidence
  const settledAt = events.findIndex((text) => steady.test(text))
  const open = settledAt < 0 ? events : events.slice(0, settledAt)
  const found = open.map((text) => explainText(text, eventRules)).find((each) => each !== undefined)
  const finding = found && { subject: `service ${service}`, ...found }
  const lacksInstances = open.some((text) => /No Container Instances were found/.test(text))
  const isWaiting = evidence.running < evidence.desired
  const launches =
    isWaiting || lacksInstances
      ? evidence.groups.flatMap((group) => diagnoseLaunch(group, found !== undefined))
      : []
  const quota = lacksInstances && launches.length === 0 ? diagnoseQuota(evidence) : []
  return [...launches, ...quota, ...(finding ? [finding] : [])]
}

/** Explains why a group cannot start an instance, or, where tasks find no place, may not. */
export function diagnoseLaunch(group: GroupEvidence, isUnplaced: boolean): Finding[] {
  const { name, instances, desired, max, failures } = group
  const subject = `Auto Scaling group ${name}`
  // What failed before it had what it wants is over.
  const [newest] = instances < desired ? failures : []
  if (newest !== undefined) {
    const explained = explainText(newest, launchRules)
    const advice = explained?.advice ?? 'look at the scaling activities of the group'
    return [{ subject, cause: `cannot start an instance: ${newest}`, advice }]
  }
  if (!isUnplaced || max > instances) return []
  const advice = max === 0 ? 'resume it if it is paused, or raise its maximum' : 'raise its maximum'
  return [{ subject, cause: `has ${instances} instances, and may not have more`, advice }]
}

function diagnoseQuota({ needsGpu, gpuQuota }: ServiceEvidence): Finding[] {
  if (!needsGpu || gpuQuota !== 0) return []
  return [
    {
      subject: `quota "${quota.name}" (${quota.code})`,
      cause: 'is 0 vCPUs in this region, so that no GPU instance can start',
      advice: 'ask for more in Service Quotas; a g4dn.xlarge needs 4',
    },
  ]
}
