import type { Bounds, GroupSize, Numbers, Saved } from '../../../lib/service/pause-state/state.ts'
import type { ClusterState, GroupState, ServiceState } from '../observe/state.ts'

/** Numbers that can be restored now, and what of the saved ones could not. */
export type Fitted = Numbers & { notes: readonly string[] }

/** Brings saved numbers as near as what is there now allows. */
export function fitNumbers(saved: Saved, service: ServiceState, { groups }: ClusterState): Fitted {
  const notes: string[] = []
  if (service.createdAt > saved.at)
    notes.push(`${service.name}: was made again since ${saved.at}, when its numbers were saved`)
  const sizes = placeGroups(saved.groups, service, groups, notes)
  const fitted = sizes.map((size) => limitSize(size, groups.get(size.name), notes))
  const bounds = service.bounds && saved.bounds
  if (saved.bounds && !service.bounds)
    notes.push(`${service.name}: its scalable target is gone, and is not made again`)
  if (service.bounds && !saved.bounds)
    notes.push(`${service.name}: no bounds are saved; those of its scalable target stay, set them by hand`)
  const within = bounds ? Math.min(Math.max(saved.desired, bounds.min), bounds.max) : saved.desired
  if (within !== saved.desired)
    notes.push(`${service.name}: ${saved.desired} task(s) are saved, its bounds allow ${within}`)
  const desired = Math.min(within, countRoom(saved.desired, sizes, fitted))
  if (desired > 0 && desired < within)
    notes.push(
      `${service.name}: resumed with ${desired} of ${within} task(s), since its instances have no room for more`,
    )
  if (bounds && desired > 0 && desired < bounds.min)
    notes.push(
      `${service.name}: its minimum is ${desired} instead of ${bounds.min}; set it by hand once there is room`,
    )
  return { desired, bounds: lowerMinimum(bounds, desired), groups: fitted, notes }
}

const lowerMinimum = (bounds: Bounds | undefined, desired: number) =>
  bounds && { ...bounds, min: Math.min(bounds.min, desired) }

// A group that a deployment has replaced hands its size on to the one that came in its place.
function placeGroups(
  saved: readonly GroupSize[],
  { name, capacityProviders, providerGroups }: ServiceState,
  groups: ReadonlyMap<string, GroupState>,
  notes: string[],
): GroupSize[] {
  // Only a service with a launch type leaves its groups to its tasks.
  const isThere = (size: GroupSize) =>
    capacityProviders.length === 0 ? groups.has(size.name) : providerGroups.includes(size.name)
  const successors = providerGroups.filter((group) => !saved.some((size) => size.name === group))
  return saved.flatMap((size) => {
    if (isThere(size)) return [size]
    const successor = successors.shift()
    const instead = successor === undefined ? '' : `; ${successor} gets its size`
    notes.push(`${name}: the saved group ${size.name} is not behind the service any more${instead}`)
    return successor === undefined ? [] : [{ ...size, name: successor }]
  })
}

function limitSize(size: GroupSize, found: GroupState | undefined, notes: string[]): GroupSize {
  if (!found) {
    notes.push(`${size.name}: the group is gone, of which ${size.desired} instance(s) are saved`)
    return { ...size, min: 0, desired: 0 }
  }
  const { max, instances, suspended } = found
  if (suspended.includes('Launch') && instances.length < size.desired)
    notes.push(`${size.name}: starts no instance until its process Launch is resumed by hand`)
  if (size.desired <= max && size.min <= max) return size
  notes.push(
    `${size.name}: its maximum is ${max}, and ${Math.max(size.desired, size.min)} instance(s) are saved`,
  )
  return { ...size, min: Math.min(size.min, max), desired: Math.min(size.desired, max) }
}

/** How many tasks the instances have room for, where those that were saved had exactly enough for all; one at least. */
function countRoom(tasks: number, saved: readonly GroupSize[], fitted: readonly GroupSize[]): number {
  const [before, now] = [saved, fitted].map((sizes) => sizes.reduce((sum, { desired }) => sum + desired, 0))
  if (!before || now === undefined || now >= before) return Number.POSITIVE_INFINITY
  return now === 0 ? 0 : Math.max(1, Math.floor((tasks * now) / before))
}
