import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import { findListPrice, type ListPrice } from '../../../lib/service/list-price.ts'
import { mapOf } from '../graph/template-tree.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** What an hour of a resource costs, and what of it. */
export type HourlyPrice = ListPrice & { what: string }

/** Finds what a resource of a stack costs as long as it is there, used or not; undefined where no list price is known. */
export type FindHourlyPrice = (
  stackName: string,
  change: Pick<ResourceChange, 'logicalId' | 'type'>,
) => HourlyPrice | undefined

/** Makes the search for prices of the resources that the steps of a plan add and remove. */
export function makeFindHourlyPrice(
  steps: readonly StackStep[],
  place: Place,
  deployed: Deployed,
): FindHourlyPrice {
  const byName = new Map(steps.map((step) => [step.stackName, step]))
  const priceOf = (name = '', what = name) => {
    const price = findListPrice(name, place.region)
    return price && { ...price, what }
  }
  return (stackName, { logicalId, type }) => {
    const step = byName.get(stackName)
    if (!step) return undefined
    if (type === 'AWS::AutoScaling::AutoScalingGroup') {
      const instanceType = listKnownValues(step, place, deployed).get('InstanceType')
      return priceOf(instanceType, `${instanceType} that runs`)
    }
    const { Properties } = mapOf(mapOf(step.template.sections.Resources)[logicalId])
    const isFree = type === 'AWS::EC2::VPCEndpoint' && mapOf(Properties).VpcEndpointType !== 'Interface'
    const [name, what] = names[type] ?? []
    return isFree ? undefined : priceOf(name, what)
  }
}

// Resource type to the name of what is paid, and what is said of it.
const names: Readonly<Record<string, [string, string?]>> = {
  'AWS::EC2::NatGateway': ['NAT gateway'],
  'AWS::EC2::EIP': ['public IPv4 address'],
  'AWS::EC2::VPCEndpoint': ['interface endpoint in a zone', 'interface endpoint, for each of its zones'],
}
