import { listFirst } from '../../../lib/quote.ts'
import type { GroupSize } from '../../../lib/service/pause-state/state.ts'
import type { ClusterState, GroupState } from '../observe/state.ts'
import type { Step } from '../step.ts'

/** Returns who else needs a group: tasks of services that are not of this pause, and of no service. */
export const othersOn = (group: GroupState, own: ReadonlySet<string>): string[] => [
  ...new Set(
    group.users.flatMap(({ service, label }) => (service !== undefined && own.has(service) ? [] : [label])),
  ),
]

/** Plans how the groups of a service go to zero; `own` are the services of the same pause. */
export function emptyGroups(
  names: readonly string[],
  { groups }: ClusterState,
  own: ReadonlySet<string>,
): { steps: Step[]; notes: string[] } {
  const notes: string[] = []
  const [resizes, waits]: [Step[], Step[]] = [[], []]
  for (const name of names) {
    const group = groups.get(name)
    if (!group) continue
    const others = othersOn(group, own)
    if (others.length > 0) {
      notes.push(`${name} stays as it is: ${listFirst(others)} needs it`)
      continue
    }
    if (group.unregistered.length > 0) notes.push(tellUnregistered(group))
    const by = usersOf(group)
    if (by !== '') waits.push({ kind: 'wait-until-unused', group: name, by })
    const resize: Step[] =
      group.min + group.desired > 0 ? [{ kind: 'resize-group', size: { name, min: 0, desired: 0 } }] : []
    // What has tasks comes after all that has none.
    if (by === '') resizes.push(...resize)
    else waits.push(...resize)
    if (group.instances.length > 0)
      waits.push({ kind: 'wait-until-empty', group: name, reason: explainInstances(group) })
  }
  return { steps: [...resizes, ...waits], notes }
}

const tellUnregistered = ({ name, unregistered }: GroupState) =>
  `${listFirst(unregistered)} of ${name} not registered with the cluster; whatever else runs there ends with the group`

function usersOf({ users, stopping }: GroupState): string {
  const names = [...new Set(users.map(({ label }) => label))]
  return [...names, ...(stopping > 0 ? [`${stopping} task(s) that stop`] : [])].join(', ')
}

/** Says why instances outlive a desired capacity of 0; '' where they just take their time. */
export function explainInstances({ instances, suspended }: GroupState): string {
  const kept = instances.filter(({ isProtected }) => isProtected).map(({ id }) => id)
  const hooked = instances.filter(({ lifecycle }) => lifecycle.endsWith(':Wait')).map(({ id }) => id)
  const standby = instances.filter(({ lifecycle }) => lifecycle === 'Standby').map(({ id }) => id)
  return [
    ...(kept.length > 0 ? [`protected from scale-in: ${listFirst(kept)}`] : []),
    ...(hooked.length > 0 ? [`wait for a lifecycle hook: ${listFirst(hooked)}`] : []),
    ...(standby.length > 0 ? [`in standby: ${listFirst(standby)}`] : []),
    ...(suspended.includes('Terminate') ? ['the process Terminate of the group is suspended'] : []),
  ].join('; ')
}

/** Adds up what several services need of their groups: of both sizes the larger. */
export function mergeSizes(sizes: readonly GroupSize[]): Map<string, GroupSize> {
  const wanted = new Map<string, GroupSize>()
  for (const { name, min, desired } of sizes) {
    const other = wanted.get(name)
    wanted.set(name, {
      name,
      min: Math.max(min, other?.min ?? 0),
      desired: Math.max(desired, other?.desired ?? 0),
    })
  }
  return wanted
}

/** Plans how groups grow to what is wanted, their minimum at least; what is larger already, for others, stays. */
export function growGroups(wanted: Iterable<GroupSize>, { groups }: ClusterState): Step[] {
  return [...wanted].flatMap((size): Step[] => {
    const { name } = size
    const found = groups.get(name)
    if (!found) return []
    const min = Math.max(size.min, found.min)
    const desired = Math.max(size.desired, found.desired, min)
    const isReached = found.min === min && found.desired === desired
    return isReached ? [] : [{ kind: 'resize-group', size: { name, min, desired } }]
  })
}
