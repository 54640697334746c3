/** What AWS tells of a service that does not run as it should; every list is short, newest first. */
export type ServiceEvidence = {
  cluster: string
  service: string
  desired: number
  running: number
  pending: number
  /** Messages of events, without the service's name at the start. */
  events: readonly string[]
  /** The newest service deployment; `failures` are tasks that failed of the `threshold` of its circuit breaker. */
  deployment: { status: string; reason: string; failures: number; threshold: number } | undefined
  /** Tasks that stopped by a failure. */
  stoppedTasks: readonly StoppedTask[]
  /** Targets that are not healthy. */
  targets: readonly TargetEvidence[]
  /** Auto Scaling groups behind the capacity providers. */
  groups: readonly GroupEvidence[]
  /** Whether its tasks need a GPU. */
  needsGpu: boolean
  /** The quota for On-Demand instances with GPUs, in vCPUs; undefined where it was not asked for. */
  gpuQuota: number | undefined
  /** What could not be read, and why. */
  unread: readonly string[]
}

/** A task that stopped; a stop code is one of ECS, such as `TaskFailedToStart`. */
export type StoppedTask = {
  id: string
  code: string
  reason: string
  containers: readonly StoppedContainer[]
}

/** A container of a stopped task. */
export type StoppedContainer = {
  name: string
  image: string
  /** Undefined where it never ran. */
  exitCode: number | undefined
  reason: string
  isUnhealthy: boolean
  /** Its last lines, the newest last; empty where it has no log, or it was not read. */
  logLines: readonly string[]
}

/** A target of a load balancer that is not healthy; `reason` is a code such as `Target.Timeout`. */
export type TargetEvidence = {
  group: string
  target: string
  state: string
  reason: string
  description: string
}

/** An Auto Scaling group: instances that it has, wants and may have, and why the newest ones could not start. */
export type GroupEvidence = {
  name: string
  instances: number
  desired: number
  max: number
  failures: readonly string[]
}
