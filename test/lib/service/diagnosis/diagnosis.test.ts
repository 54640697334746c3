import { expect, it } from 'vitest'
import { describeService, diagnose, renderDiagnosis } from '../../../../lib/service/diagnosis/diagnosis.ts'
import type {
  ServiceEvidence,
  StoppedContainer,
  StoppedTask,
} from '../../../../lib/service/diagnosis/evidence.ts'

const evidence = (parts: Partial<ServiceEvidence> = {}): ServiceEvidence => ({
  ...{ cluster: 'c', service: 'web', desired: 1, running: 0, pending: 0 },
  ...{ events: [], deployment: undefined, stoppedTasks: [], targets: [], groups: [] },
  ...{ needsGpu: false, gpuQuota: undefined, unread: [] },
  ...parts,
})

const container = (parts: Partial<StoppedContainer> = {}): StoppedContainer => ({
  ...{ name: 'app', image: 'r/app:1', exitCode: undefined, reason: '', isUnhealthy: false, logLines: [] },
  ...parts,
})

const stopped = (reason: string, parts: Partial<StoppedContainer> = {}): StoppedTask => ({
  ...{ id: 't1', code: 'TaskFailedToStart', reason },
  containers: [container(parts)],
})

const breaker = {
  status: 'ROLLBACK_FAILED',
  reason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  failures: 2,
  threshold: 2,
}
const sentenceOf = (parts: Partial<ServiceEvidence>) =>
  diagnose(evidence({ deployment: breaker, ...parts })).sentence

const pull = 'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref'
const runc = 'CannotStartContainerError: Error response from daemon: failed to create task for container:'

it.each([
  [
    `${pull} r/app:1: r/app:1: not found`,
    /^image r\/app:1: cannot be pulled: .* not found; push the image first/,
  ],
  [`${pull} r/app:1: dial tcp 1.2.3.4:443: i/o timeout`, /NAT gateway/],
  [`${pull} r/app:1: 403 Forbidden`, /execution role ecr:GetAuthorizationToken/],
  [`CannotPullContainerError: write /var/lib/x: no space left on device`, /root volume larger/],
  [
    `CannotPullContainerError: toomanyrequests: You have reached your pull rate limit`,
    /copy the image to ECR/,
  ],
  [`CannotPullContainerError: image Manifest does not match the specified platform`, /CPU architecture/],
  [
    `${runc} exec: "nope": executable file not found in $PATH: unknown`,
    /^container: cannot start: .*"nope".*; correct the entry point or the command/,
  ],
  [
    `${runc} failed to initialize logging driver: The specified log group does not exist.`,
    /create the log group/,
  ],
  [`${runc} could not select device driver "nvidia" with capabilities`, /instance type with GPUs/],
  [`${runc} exec /app: exec format error`, /CPU architecture/],
  [
    'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm',
    /^task t1: ResourceInitializationError.*read the secret/,
  ],
  ['Timeout waiting for network interface provisioning to complete.', /free addresses/],
  ['Your Spot Task was interrupted.', /On-Demand/],
  ['Host EC2 (instance i-1) terminated.', /scaling activities/],
])('explains the stopped reason %s', (reason, expected) => {
  expect(sentenceOf({ stoppedTasks: [stopped(reason)] })).toMatch(expected)
})

const ended = 'Essential container in task exited'

it.each([
  [
    { exitCode: 1, logLines: ['start', 'no model', ' '] },
    'container app: ended with exit code 1; its last log line is "no model"; correct what its log tells',
  ],
  [
    { exitCode: 0 },
    'container app: ended with exit code 0; keep its program running: it is essential to the task, and has ended',
  ],
  [
    { exitCode: 127 },
    'container app: ended with exit code 127; correct the entry point or the command: the image has no such program',
  ],
  [
    { exitCode: 126 },
    'container app: ended with exit code 126; make its program executable, and build it for the CPU architecture of the instances',
  ],
  [
    { exitCode: 137 },
    'container app: ended with exit code 137; give the task more memory, or let its program end within the stop time-out',
  ],
  [
    { exitCode: 139 },
    'container app: ended with exit code 139; find out why its program crashed (segmentation fault)',
  ],
  [
    { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    'container app: was killed, since it used more memory than it may; give the task more memory',
  ],
  [
    { exitCode: 137, isUnhealthy: true },
    'container app: failed its health check; correct the command of the health check, or give the program a longer start period',
  ],
] as const)('explains a container that ended: %j', (parts, expected) => {
  expect(sentenceOf({ stoppedTasks: [stopped(ended, parts)] })).toBe(expected)
})

it('names the container that failed, not its neighbour that had to end too', () => {
  const task = {
    ...stopped(ended),
    containers: [container({ name: 'log', exitCode: 0 }), container({ exitCode: 3 })],
  }
  expect(sentenceOf({ stoppedTasks: [task] })).toMatch(/^container app: ended with exit code 3/)
})

const elb = stopped('Task failed ELB health checks in (target-group arn:aws:x:targetgroup/ddn/1)', {
  exitCode: 143,
})

it('explains a task that a load balancer found unhealthy by the reason of the target', () => {
  const target = { group: 'ddn', target: '10.0.0.1:80', state: 'unhealthy' }
  const reason = 'Target.ResponseCodeMismatch'
  const description = 'Health checks failed with these codes: [503]'
  const told = { stoppedTasks: [elb], targets: [{ ...target, reason, description }] }
  expect(sentenceOf(told)).toBe(
    'target group ddn: 10.0.0.1:80 is unhealthy: Health checks failed with these codes: [503]; let the program answer the health check with the status that it expects, or wait longer for a program that still starts',
  )
  expect(sentenceOf({ stoppedTasks: [elb] })).toMatch(
    /^target group ddn: Task failed ELB health checks.*grace period$/,
  )
  const starting = { ...target, state: 'initial', reason: 'Elb.InitialHealthChecking', description: '' }
  expect(sentenceOf({ targets: [starting] })).toMatch(/^service web: Service deployment rolled back/)
})

const unplaced = 'was unable to place a task because no container instance met all of its requirements.'
const closest = `${unplaced} The closest matching (container-instance 1)`
const noInstance = `${unplaced} Reason: No Container Instances were found in your capacity provider.`

it.each([
  [
    `${closest} has insufficient memory available.`,
    /^service web: no instance has as much free memory .* larger instance type$/,
  ],
  [
    `${closest} has insufficient CPU units available.`,
    /^service web: no instance has as many free CPU units/,
  ],
  [`${closest} has insufficient GPU resource available.`, /minimum 0 % and maximum 100 %/],
  [`${closest} encountered error "AGENT".`, /replace the instance/],
  [`${closest} is missing an attribute required by your task.`, /newer ECS agent/],
  [`${closest} is already using a port required by your task.`, /awsvpc/],
  [noInstance, /^service web: its capacity provider has no instances; check that its Auto Scaling group/],
  [
    'was unable to stop or start tasks during a deployment because of the service deployment configuration.',
    /maximum percent to 200$/,
  ],
])('explains the event %s', (event, expected) => {
  expect(diagnose(evidence({ events: ['has started 1 tasks', event] })).sentence).toMatch(expected)
  const over = diagnose(evidence({ events: ['has reached a steady state.', event] })).sentence
  expect(over).toMatch(/^service web: 0 of 1 tasks run, and its newest event is/)
})

const group = { name: 'gpus', instances: 0, desired: 2, max: 4, failures: [] }
const launch = 'Could not launch On-Demand Instances.'
const quota = `${launch} VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 0 allows.`
const zone = `${launch} InsufficientInstanceCapacity - We currently do not have sufficient g4dn.xlarge capacity in the Availability Zone you requested (ap-northeast-2a).`

it.each([
  [
    { ...group, failures: [quota, zone] },
    /^Auto Scaling group gpus: cannot start an instance: .*limit of 0.*L-DB2E81BA/,
  ],
  [{ ...group, failures: [zone] }, /\(ap-northeast-2a\); add subnets in other zones/],
  [
    {
      ...group,
      failures: ['Your requested instance type is not supported in your requested Availability Zone'],
    },
    /zones that offer the instance type/,
  ],
  [{ ...group, failures: ['something new'] }, /something new; look at the scaling activities/],
  [
    { ...group, desired: 0, max: 0 },
    /^Auto Scaling group gpus: has 0 instances, and may not have more; resume it/,
  ],
  [{ ...group, desired: 0, failures: [quota] }, /^service web: its capacity provider has no instances/],
])('finds below an event without instances why the group has none: %j', (each, expected) => {
  expect(diagnose(evidence({ events: [noInstance], groups: [each] })).sentence).toMatch(expected)
})

it('finds a quota of 0 where Auto Scaling tells nothing, and only for tasks with GPUs', () => {
  const told = { events: [noInstance], groups: [group], gpuQuota: 0 }
  expect(diagnose(evidence({ ...told, needsGpu: true })).sentence).toMatch(/L-DB2E81BA\): is 0 vCPUs/)
  expect(diagnose(evidence(told)).sentence).toMatch(/^service web: its capacity provider has no instances/)
  expect(diagnose(evidence({ ...told, needsGpu: true, gpuQuota: 4 })).sentence).toMatch(/^service web/)
})

it('finds no quota where instances are there, or a launch has failed', () => {
  const subjects = (parts: Partial<ServiceEvidence>) =>
    diagnose(evidence({ needsGpu: true, gpuQuota: 0, ...parts })).findings.map(({ subject }) => subject)
  const busy = 'service web was unable to place a task because ... has insufficient memory available.'
  expect(subjects({ events: [busy], groups: [{ ...group, instances: 2 }] })).toEqual(['service web'])
  const failing = { ...group, failures: [zone] }
  expect(subjects({ events: [noInstance], groups: [failing] })).toEqual([
    'Auto Scaling group gpus',
    'service web',
  ])
  // Instances may fail to start before ECS says anything.
  expect(subjects({ groups: [failing] })).toEqual(['Auto Scaling group gpus'])
  expect(subjects({ groups: [failing], running: 1, events: ['has reached a steady state.'] })).not.toContain(
    'Auto Scaling group gpus',
  )
})

it('finds the image in what a container tells, where the task tells less', () => {
  const [found] = diagnose(
    evidence({
      stoppedTasks: [stopped('Task failed to start', { reason: `${pull} r/app:1: r/app:1: not found` })],
    }),
  ).findings
  expect(found).toMatchObject({
    subject: 'image r/app:1',
    cause: expect.stringContaining('cannot be pulled'),
  })
})

it('finds each reason in a target group once, and that a group is not in use', () => {
  const target = (state: string, reason: string, name = 'i-1') => ({
    ...{ group: 'tg', target: name, state, reason, description: '' },
  })
  const { findings } = diagnose(
    evidence({
      targets: [
        ...[target('unhealthy', 'Target.Timeout'), target('unhealthy', 'Target.Timeout', 'i-2')],
        ...[target('unused', 'Target.NotInUse'), target('initial', 'Elb.RegistrationInProgress')],
      ],
    }),
  )
  expect(findings.map(({ cause }) => cause)).toEqual([
    'i-1 is unhealthy: Target.Timeout',
    'i-1 is unused: Target.NotInUse',
  ])
  expect(findings[1]?.advice).toMatch(/^add a listener or rule/)
})

it('tells in a line what a service is at', () => {
  const parts = {
    ...{ pending: 1, deployment: breaker, needsGpu: false },
    groups: [group, { ...group, name: 'full', instances: 2 }],
    targets: [{ group: 'tg', target: 'i-1', state: 'initial', reason: '', description: '' }],
  }
  expect(describeService(evidence(parts))).toMatch(
    /^service web: 0 of 1 tasks run, 1 pending; 2 of 2 failures of the circuit breaker; gpus: 0 of 2 instances; i-1: initial(;|$)/,
  )
  expect(renderDiagnosis(diagnose(evidence(parts))).markdown).not.toContain('Not read')
})

it('tells the deepest cause first, each once, and lists all with what could not be read', () => {
  const failed = stopped(ended, { exitCode: 1 })
  const unread = ['log: denied']
  const diagnosis = diagnose(evidence({ stoppedTasks: [failed, failed], events: [noInstance], unread }))
  expect(diagnosis.findings.map(({ subject }) => subject)).toEqual(['container app', 'service web'])
  expect(renderDiagnosis(diagnosis).markdown.split('\n')).toEqual([
    '| what | why | what to do |',
    '| --- | --- | --- |',
    '| container app | ended with exit code 1 | correct what its log tells |',
    expect.stringContaining('| service web |'),
    '',
    'Not read:',
    '',
    '- log: denied',
  ])
})

it('always says something', () => {
  expect(diagnose(evidence()).sentence).toMatch(
    /^service web: 0 of 1 tasks run, and AWS gives no reason; look at/,
  )
  expect(sentenceOf({})).toMatch(/^service web: Service deployment rolled back because .* exceeded; look at/)
})

it('says what a service is at', () => {
  const target = { group: 'g', target: '10.0.0.1:80', state: 'initial', reason: 'Elb.RegistrationInProgress' }
  const seen = {
    pending: 1,
    deployment: { ...breaker, failures: 1 },
    groups: [group],
    targets: [{ ...target, description: '' }],
  }
  expect(describeService(evidence(seen))).toBe(
    'service web: 0 of 1 tasks run, 1 pending; 1 of 2 failures of the circuit breaker; gpus: 0 of 2 instances; 10.0.0.1:80: initial (Elb.RegistrationInProgress)',
  )
  expect(describeService(evidence({ running: 1 }))).toBe('service web: 1 of 1 tasks run')
})
