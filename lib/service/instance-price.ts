import { findListPrice } from './list-price.ts'

/** What an hour of an instance costs, in USD, and where that is from. */
export type InstancePrice = { usd: number; source: string }

/** Finds what an hour of an instance costs: the given price, else the list price; undefined where there is neither. */
export function findInstancePrice(
  instanceType: string,
  region: string,
  given: number | undefined,
): InstancePrice | undefined {
  if (given !== undefined) return { usd: given, source: 'as given' }
  const listed = findListPrice(instanceType, region)
  return listed && { usd: listed.usd, source: `list price of ${listed.dated}` }
}
