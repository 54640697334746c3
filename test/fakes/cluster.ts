import type { Connections } from '../../actions/pause-resume/context.ts'
import { UserError } from '../../lib/errors.ts'
import type { Bounds, GroupSize, SavedState } from '../../lib/service/saved-state.ts'

/** A service of the fake, with what belongs to it. */
type FakeService = { desired: number; bounds?: Bounds; groups: readonly string[] }

/** State of the fake: all that a test may look at or set. */
export type FakeCluster = {
  services: Map<string, FakeService>
  groups: Map<string, GroupSize>
  saved: Map<string, SavedState>
}

/** Copies the state, to compare it later. */
export const snapshot = (cluster: FakeCluster): FakeCluster => structuredClone(cluster)

/**
 * A cluster in memory. Its contract, which the local AWS holds too (test/contract/local-aws):
 * - registering a scalable target pulls the desired count into the bounds at once;
 * - tasks follow the desired count, and instances their group's, from one look to the next;
 * - a saved state is written once: a second save gives back the first.
 *
 * `failAfter` lets that many writes pass and cuts the run at the next one.
 */
export function fakeCluster(
  cluster: FakeCluster,
  { failAfter = Number.POSITIVE_INFINITY } = {},
): Connections {
  let writes = 0
  const write = () => {
    if (writes >= failAfter) throw new Error('cut')
    writes += 1
  }
  const service = (name: string) => {
    const found = cluster.services.get(name)
    if (!found) throw new UserError(`no service ${name}`)
    return found
  }
  return {
    account: '111122223333',
    region: 'ap-northeast-2',
    ecs: {
      listServices: async (name) => (name === 'c' ? [...cluster.services.keys()] : undefined),
      describeServices: async (_, names) =>
        names.map((name) => {
          const { desired, groups } = service(name)
          const placement = { capacityProviders: groups, targetGroups: [], events: ['(service) an event'] }
          return { name, desired, running: desired, pending: 0, ...placement }
        }),
      describeGroups: async (providers) => new Map(providers.map((name) => [name, name])),
      setDesiredCount: async (_, name, desired) => {
        write()
        service(name).desired = desired
      },
    },
    scalableTargets: {
      describe: async (_, names) =>
        new Map(
          names.flatMap((name) => {
            const { bounds } = service(name)
            return bounds ? [[name, bounds] as const] : []
          }),
        ),
      register: async (_, name, bounds) => {
        write()
        const found = service(name)
        found.bounds = bounds
        found.desired = Math.min(Math.max(found.desired, bounds.min), bounds.max)
      },
    },
    groups: {
      describe: async (names) =>
        names.flatMap((name) => {
          const group = cluster.groups.get(name)
          return group ? [{ ...group, instances: group.desired }] : []
        }),
      resize: async (size) => {
        write()
        cluster.groups.set(size.name, size)
      },
    },
    targets: { describe: async () => [] },
    savedStates: {
      read: async (_, name) => cluster.saved.get(name),
      save: async (state) => {
        write()
        const first = cluster.saved.get(state.service) ?? state
        cluster.saved.set(state.service, first)
        return first
      },
      remove: async (_, name) => {
        write()
        cluster.saved.delete(name)
      },
    },
  }
}
