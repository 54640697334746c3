import { listFirst } from '../../../lib/quote.ts'
import { findInstancePrice } from '../../../lib/service/instance-price.ts'
import type { ClusterState, GroupState } from '../observe/state.ts'
import { explainInstances } from '../plan/groups.ts'

/** Lists what runs and costs: instances by group, with their price and why they run, then tasks. */
export function describeCosts({ services, groups, ungrouped, region }: ClusterState): string[] {
  const tasks = services.flatMap(({ name, desired, running, pending }) =>
    running + pending > 0 ? [`${name}: ${running + pending} task(s), desired ${desired}`] : [],
  )
  return [
    ...[...groups.values()].flatMap((group) => describeGroup(group, region)),
    ...ungrouped.flatMap((instance) => (instance.isConnected ? [describeUngrouped(instance, region)] : [])),
    ...listUnanswered(ungrouped),
    ...tasks,
  ]
}

/** Lists instances of no group whose agent does not answer, and of which ECS cannot tell whether they have ended. */
export const listUnanswered = (ungrouped: ClusterState['ungrouped']): string[] =>
  ungrouped.flatMap(({ id, isConnected }) =>
    isConnected
      ? []
      : [
          `${id}: instance in no Auto Scaling group whose agent does not answer: it has ended, or runs and costs`,
        ],
  )

function describeGroup(group: GroupState, region: string): string[] {
  const { name, desired, instances, users, stopping, warm } = group
  const labels = [...new Set(users.map(({ label }) => label))]
  const reasons = [
    labels.length > 0 ? `used by ${listFirst(labels)}` : '',
    stopping > 0 ? `${stopping} task(s) stop` : '',
    explainInstances(group),
  ]
  const hosts = `${name}: ${instances.length} instance(s)${renderTypes(group)}, desired ${desired}`
  const parts = [hosts, renderPrice(group, region), ...reasons].filter((part) => part !== '')
  return [
    ...(instances.length > 0 ? [parts.join('; ')] : []),
    ...(warm > 0 ? [`${name}: ${warm} instance(s) of its warm pool, whose volumes are billed`] : []),
  ]
}

function describeUngrouped({ id, type, tasks }: ClusterState['ungrouped'][number], region: string): string {
  const price = renderSum([type], region)
  return `${id}: instance${type && ` of ${type}`} in no Auto Scaling group${price && `; ${price}`}; ${tasks} task(s) on it`
}

const typesOf = ({ instances }: GroupState) => instances.map(({ type }) => type).filter((type) => type !== '')

function renderTypes(group: GroupState): string {
  const types = [...new Set(typesOf(group))]
  return types.length > 0 ? ` of ${types.join(', ')}` : ''
}

/** Renders what an hour of a group's instances costs; '' where a price is not known. */
function renderPrice(group: GroupState, region: string): string {
  const types = typesOf(group)
  return types.length < group.instances.length ? '' : renderSum(types, region)
}

function renderSum(types: readonly string[], region: string): string {
  const prices = types.map((type) => findInstancePrice(type, region, undefined)?.usd)
  if (prices.includes(undefined)) return ''
  return `${prices.reduce((sum: number, usd) => sum + (usd ?? 0), 0).toFixed(2)} USD an hour`
}
