import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  type Service,
} from '@aws-sdk/client-ecs'
import type { ServiceEvidence } from '../../service/diagnosis/evidence.ts'
import { gpuQuota } from '../../service/gpu-quota.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import type { Ec2Quotas } from '../service-quotas.ts'
import { makeAttempt } from './attempt.ts'
import { makeGroupReader } from './groups.ts'
import { makeTargetReader } from './targets.ts'
import { makeTaskReader } from './tasks.ts'

/** Collects what explains why a service does not run. */
export type ServiceEvidenceReader = {
  /**
   * Reads what AWS tells of a service since a time: about fifteen calls. What is denied or fails is listed as unread.
   * `undefined` where there is no such service any more, and no task of it.
   */
  read(cluster: string, service: string, since: Date): Promise<ServiceEvidence | undefined>
}

const eventsKept = 20

/** Creates the adapter that collects the evidence. */
export function makeServiceEvidence(
  config: AwsConfig,
  quotas: Pick<Ec2Quotas, 'read'>,
): ServiceEvidenceReader {
  const ecs = makeClient(ECSClient, config)
  const readTasks = makeTaskReader(config)
  const readTargets = makeTargetReader(config)
  const readGroups = makeGroupReader(config)
  return {
    read: async (cluster, name, since) => {
      const unread: string[] = []
      const attempt = makeAttempt(unread)
      const service = await attempt('service', () => describeService(ecs, cluster, name), undefined)
      const tasks = await readTasks({ cluster, name, since, current: service?.taskDefinition }, attempt)
      if (!service && tasks.stoppedTasks.length === 0 && unread.length === 0) return undefined
      const [deployment, targets, groups] = await Promise.all([
        attempt('deployment', () => describeDeployment(ecs, cluster, name, since), undefined),
        readTargets(targetGroupsOf(service), attempt),
        readGroups(service ?? {}, attempt),
      ])
      const asksQuota = tasks.needsGpu && groups.some(({ instances, desired }) => instances < desired)
      const quota = asksQuota
        ? await attempt('quota', () => quotas.read(gpuQuota.code), undefined)
        : undefined
      const counts = countsOf(service)
      const events = (service?.events ?? [])
        .filter(({ createdAt }) => createdAt === undefined || createdAt >= since)
        .slice(0, eventsKept)
        .flatMap(({ message }) => message?.replace(/^\(service [^)]*\) /, '') ?? [])
      return {
        cluster,
        service: name,
        ...counts,
        events,
        deployment,
        ...tasks,
        targets,
        groups,
        gpuQuota: quota,
        unread,
      }
    },
  }
}

/** Returns how many tasks of a service are to run, run and are pending. */
export const countsOf = ({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: Service = {}) => ({
  desired: desiredCount,
  running: runningCount,
  pending: pendingCount,
})

/** Returns the ARNs of the target groups of a service. */
export const targetGroupsOf = (service: Service | undefined) =>
  (service?.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? [])

/** Describes a service; undefined where there is none. */
export async function describeService(
  ecs: ECSClient,
  cluster: string,
  name: string,
): Promise<Service | undefined> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }))
  return services?.[0]
}

async function describeDeployment(
  ecs: ECSClient,
  cluster: string,
  service: string,
  after: Date,
): Promise<ServiceEvidence['deployment']> {
  const input = { cluster, service, createdAt: { after }, maxResults: 1 }
  const { serviceDeployments: listed = [] } = await ecs.send(new ListServiceDeploymentsCommand(input))
  const serviceDeploymentArns = listed
    .slice(0, 1)
    .flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
  if (serviceDeploymentArns.length === 0) return undefined
  const found = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))
  const [deployment] = found.serviceDeployments ?? []
  if (!deployment) return undefined
  const { status = '', statusReason: reason = '', deploymentCircuitBreaker: breaker } = deployment
  return { status, reason, failures: breaker?.failureCount ?? 0, threshold: breaker?.threshold ?? 0 }
}
