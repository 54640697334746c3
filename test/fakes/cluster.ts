import type { Connections } from '../../actions/pause-resume/context.ts'
import { UserError } from '../../lib/errors.ts'
import type { GroupSize } from '../../lib/service/saved-state.ts'
import type { FakeCluster, FakeGroup, FakeService } from './cluster/state.ts'
import { type Lag, moveOn, pendingOf } from './cluster/time.ts'
import { type Cut, makeWriter } from './cut.ts'
import { fakeSavedStates } from './toolkit.ts'

/** Makes a service that has settled, all of its targets healthy. */
export function settledService(
  desired: number,
  more: Partial<Omit<FakeService, 'desired'>> = {},
): FakeService {
  return { desired, running: desired, healthy: desired, groups: [], targetGroups: [], ...more }
}

/** Makes a group that has settled. */
export const settledGroup = (size: GroupSize): FakeGroup => ({ ...size, instances: size.desired })

/** Copies the state, to compare it later. */
export const snapshot = (cluster: FakeCluster): FakeCluster => structuredClone(cluster)

/**
 * A cluster in memory, named `c`, that lags as AWS does. Its contract, which the local AWS holds too
 * (test/contract/cluster.test.ts):
 * - registering a scalable target pulls the desired count into the bounds at once;
 * - tasks, instances and health follow what was asked for after some looks (see Lag), never in the same call;
 * - tasks that wait are pending, and those of a service with groups start only where an instance is;
 * - instances that go take their tasks with them.
 * What only the fake does, since nobody can ask AWS for it: a service that was written to is shown as it was for
 * `stale` more looks, and a run is cut at a write.
 */
export function fakeCluster(
  cluster: FakeCluster,
  { lag = {}, cut }: { lag?: Partial<Lag>; cut?: Cut | undefined } = {},
): Connections {
  const lags: Lag = { tasks: 3, instances: 3, targets: 3, stale: 2, ...lag }
  const ages = new Map<string, number>()
  const look = () => moveOn(cluster, ages, lags)
  const service = (name: string) => {
    const found = cluster.services.get(name)
    if (!found) throw new UserError(`no service ${name}`)
    return found
  }
  const view = (name: string) => ({ ...service(name), pending: pendingOf(service(name)) })
  const stale = new Map<string, { shown: ReturnType<typeof view>; looks: number }>()
  const write = makeWriter(cut)
  const writeService = async (name: string, apply: (found: FakeService) => void) =>
    await write(() => {
      stale.set(name, { shown: stale.get(name)?.shown ?? view(name), looks: lags.stale })
      apply(service(name))
    })
  const show = (name: string) => {
    const before = stale.get(name)
    if (!before || before.looks === 0) {
      stale.delete(name)
      return view(name)
    }
    before.looks -= 1
    return before.shown
  }
  return {
    account: '111122223333',
    region: 'ap-northeast-2',
    ecs: {
      listServices: async (name) => (name === 'c' ? [...cluster.services.keys()].sort() : undefined),
      describeServices: async (_, names) => {
        look()
        return names.flatMap((name) => {
          if (!cluster.services.has(name)) return []
          const { desired, running, pending, groups, targetGroups } = show(name)
          const events = Array.from({ length: 7 }, (_, at) => `(service ${name}) event ${7 - at}`)
          return { name, desired, running, pending, capacityProviders: groups, targetGroups, events }
        })
      },
      describeGroups: async (providers) => new Map(providers.map((name) => [name, name])),
      setDesiredCount: async (_, name, desired) =>
        await writeService(name, (found) => {
          found.desired = desired
        }),
    },
    scalableTargets: {
      describe: async (_, names) =>
        new Map(
          names.flatMap((name) => {
            const { bounds } = service(name)
            return bounds ? [[name, bounds] as const] : []
          }),
        ),
      register: async (_, name, bounds) =>
        await writeService(name, (found) => {
          found.bounds = bounds
          found.desired = Math.min(Math.max(found.desired, bounds.min), bounds.max)
        }),
    },
    groups: {
      describe: async (names) => {
        look()
        return names.flatMap((name) => cluster.groups.get(name) ?? []).map((group) => ({ ...group }))
      },
      resize: async (size) =>
        await write(() => {
          const found = cluster.groups.get(size.name)
          if (!found) throw new UserError(`no group ${size.name}`)
          cluster.groups.set(size.name, { ...size, instances: found.instances })
        }),
    },
    targets: {
      describe: async (targetGroup) => {
        look()
        const found = [...cluster.services.values()].find((each) => each.targetGroups.includes(targetGroup))
        return Array.from({ length: found?.running ?? 0 }, (_, at) => {
          const healthy = at < (found?.healthy ?? 0)
          const [state, reason] = healthy
            ? ['healthy', '']
            : ['initial', 'Target registration is in progress']
          return { target: `10.0.0.${at}:8080`, state, reason }
        })
      },
    },
    savedStates: fakeSavedStates(cluster.objects, write),
  }
}
