import type { Connections } from '../../actions/pause-resume/context.ts'
import { UserError } from '../../lib/errors.ts'
import type { GroupSize } from '../../lib/service/pause-state/state.ts'
import type { Clock } from '../../lib/wait.ts'
import { fakeClock } from './clock.ts'
import { fakeCompany } from './cluster/company.ts'
import type { FakeCluster, FakeGroup, FakeService } from './cluster/state.ts'
import { instancesOf, listInstances, listTasks } from './cluster/tasks.ts'
import { type Lag, moveOn, pendingOf } from './cluster/time.ts'
import type { Caller, Cut } from './cut.ts'
import { fakePauseStates } from './toolkit.ts'

/** Makes a service that has settled, all of its targets healthy. */
export function settledService(
  desired: number,
  more: Partial<Omit<FakeService, 'desired'>> = {},
): FakeService {
  return { desired, running: desired, healthy: desired, groups: [], targetGroups: [], ...more }
}

/** Makes a group that has settled. */
export const settledGroup = (size: GroupSize & Partial<FakeGroup>): FakeGroup => ({
  ...{ max: 10, instances: size.desired, ...size },
})

/** Copies what a test compares later: the objects are the toolkit's own business. */
export const snapshot = ({ services, groups, killed }: FakeCluster) =>
  structuredClone({ services, groups, killed })

/** What of the fake all of its connections share. */
export type Surroundings = {
  lag: Lag
  clock: Clock
  /** How long a service is shown as it was before a write, in milliseconds. */
  staleMs: number
  ages: Map<string, number>
  stale: Map<string, { shown: FakeService; until: number }>
}

/** Makes what several connections to one fake share. */
export const makeSurroundings = ({
  lag = {},
  clock = fakeClock(),
  staleMs = 0,
}: {
  lag?: Partial<Lag>
  clock?: Clock
  staleMs?: number
} = {}): Surroundings => ({
  ...{ lag: { tasks: 3, instances: 3, targets: 3, ...lag }, clock, staleMs },
  ...{ ages: new Map(), stale: new Map() },
})

/** Makes the caller of a run that is killed at a write: no later call has an effect. */
export function cutCaller(cut: Cut | undefined): Caller {
  let writes = 0
  let isDead = false
  return async (kind, apply) => {
    const isCut = kind === 'write' && writes++ === cut?.after
    if (isCut && cut?.carriedOut) apply()
    isDead ||= isCut
    if (isDead) throw new Error('cut')
    return apply()
  }
}

/**
 * A cluster in memory, named `c`, that lags as AWS does. Its contract, which the local AWS holds too
 * (test/contract/cluster.test.ts):
 * - registering a scalable target pulls the desired count into the bounds at once;
 * - tasks, instances and health follow what was asked for after some looks (see Lag), never in the same call;
 * - tasks that wait are pending, and those of a service with groups start only where an instance is;
 * - instances that go take their tasks with them; those that are protected stay;
 * - a group takes no size above its maximum.
 * What only the fake does, since nobody can ask AWS for it: a service that was written to is shown as it was for a
 * while, and a run is cut at a write.
 */
export function fakeCluster(
  cluster: FakeCluster,
  { around = makeSurroundings(), call = cutCaller(undefined) }: { around?: Surroundings; call?: Caller } = {},
): Connections {
  const { stale, clock } = around
  const look = () => moveOn(cluster, around.ages, around.lag)
  const find = (name: string) => {
    const found = cluster.services.get(name)
    if (!found) throw new UserError(`no service ${name}`)
    return found
  }
  const show = (name: string): FakeService => {
    const before = stale.get(name)
    if (before && before.until > clock.now()) return before.shown
    stale.delete(name)
    return find(name)
  }
  const change = async (name: string, apply: (found: FakeService) => void) =>
    await call('write', () => {
      if (around.staleMs > 0)
        stale.set(name, { shown: { ...show(name) }, until: clock.now() + around.staleMs })
      apply(find(name))
    })
  return {
    ...{ account: '111122223333', region: 'ap-northeast-2' },
    ecs: {
      listProviders: async (name) =>
        await call('read', () => (name === 'c' ? [...cluster.groups.keys()] : undefined)),
      listServices: async () => await call('read', () => [...cluster.services.keys()].sort()),
      describeServices: async (_, names) =>
        await call('read', () => {
          look()
          return names.flatMap((name) => (cluster.services.has(name) ? [toService(name, show(name))] : []))
        }),
      describeGroups: async (providers) =>
        await call('read', () => new Map(providers.map((name) => [name, name]))),
      listInstances: async () => await call('read', () => listInstances(cluster)),
      listTasks: async () => await call('read', () => listTasks(cluster)),
      setDesiredCount: async (_, name, desired) =>
        await change(name, (found) => {
          found.desired = desired
        }),
    },
    scalableTargets: {
      describe: async (_, names) =>
        await call(
          'read',
          () =>
            new Map(
              names.flatMap((name) => {
                const bounds = cluster.services.get(name)?.bounds
                return bounds ? [[name, bounds] as const] : []
              }),
            ),
        ),
      register: async (_, name, bounds) =>
        await change(name, (found) => {
          found.bounds = bounds
          found.desired = Math.min(Math.max(found.desired, bounds.min), bounds.max)
        }),
    },
    groups: {
      describe: async (names) =>
        await call('read', () => {
          look()
          return names
            .flatMap((name) => cluster.groups.get(name) ?? [])
            .map((group) => toGroup(cluster, group))
        }),
      ofInstances: async (ids) =>
        await call('read', () => {
          const grouped = ids.filter((id) => !cluster.ungrouped?.includes(id))
          return new Map(grouped.map((id) => [id, id.slice(0, id.lastIndexOf('-'))]))
        }),
      resize: async (size) =>
        await call('write', () => {
          const found = cluster.groups.get(size.name)
          if (!found) throw new UserError(`no group ${size.name}`)
          if (size.desired > found.max)
            throw new UserError(`${size.name}: ${size.desired} is above ${found.max}`)
          cluster.groups.set(size.name, { ...found, ...size })
        }),
    },
    targets: {
      describe: async (targetGroup) =>
        await call('read', () => {
          look()
          const services = [...cluster.services.values()]
          return listTargets(services.find((each) => each.targetGroups.includes(targetGroup)))
        }),
    },
    pauseStates: fakePauseStates(cluster.objects, call),
    ...fakeCompany(cluster, call),
  }
}

const toService = (name: string, service: FakeService) => ({
  name,
  ...{ desired: service.desired, running: service.running, pending: pendingOf(service) },
  isDaemon: service.isDaemon ?? false,
  isExternal: service.isExternal ?? false,
  isDraining: service.isDraining ?? false,
  createdAt: '',
  capacityProviders: service.hasLaunchType ? [] : service.groups,
  targetGroups: service.targetGroups,
  events: Array.from({ length: 7 }, (_, at) => `(service ${name}) event ${7 - at}`),
})

const toGroup = (cluster: FakeCluster, { name, min, max, desired, isProtected = false }: FakeGroup) => ({
  ...{ name, min, max, desired, warm: 0, suspended: [] },
  instances: instancesOf(cluster, name).map((id) => ({
    ...{ id, type: 'g4dn.xlarge', lifecycle: 'InService', isProtected },
  })),
})

const listTargets = (service: FakeService | undefined) =>
  Array.from({ length: service?.running ?? 0 }, (_, at) => {
    const isHealthy = at < (service?.healthy ?? 0)
    const initial = {
      reason: 'Elb.RegistrationInProgress',
      description: 'Target registration is in progress',
    }
    const health = isHealthy
      ? { state: 'healthy', reason: '', description: '' }
      : { state: 'initial', ...initial }
    return { target: `10.0.0.${at}:8080`, ...health }
  })
