import type { ClusterState, GroupState } from '../observe/state.ts'
import { explainInstances } from '../plan/groups.ts'
import type { Step } from '../step.ts'

/** Lists what continues in AWS after these steps: it moves towards a number that was set, whether or not anyone waits. */
export function describeEffects(done: readonly Step[], { services, groups }: ClusterState): string[] {
  // The number that was set last holds.
  const desired = new Map(
    done.flatMap((step) => (step.kind === 'set-desired' ? [[step.service, step.desired] as const] : [])),
  )
  const sizes = new Map(
    done.flatMap((step) =>
      step.kind === 'resize-group' ? [[step.size.name, step.size.desired] as const] : [],
    ),
  )
  // What somebody has deleted goes nowhere.
  return [
    ...services.flatMap(({ name, running, pending }) => {
      const [count, wanted] = [running + pending, desired.get(name)]
      return wanted === undefined || wanted === count
        ? []
        : [`${name} goes from ${count} to ${wanted} task(s)`]
    }),
    ...[...groups.values()].flatMap((group) => describeGroup(group, sizes.get(group.name))),
  ]
}

function describeGroup(group: GroupState, wanted: number | undefined): string[] {
  const { name, instances } = group
  if (wanted === undefined || wanted === instances.length) return []
  const held = explainHeld(group, wanted)
  return [
    `${name} goes from ${instances.length} to ${wanted} instance(s)${held && `, as far as it can: ${held}`}`,
  ]
}

function explainHeld(group: GroupState, wanted: number): string {
  if (group.instances.length > wanted) return explainInstances(group)
  return group.suspended.includes('Launch') ? 'the process Launch of the group is suspended' : ''
}
