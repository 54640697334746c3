/** What an hour of an instance costs, in USD, and where that is from. */
export type InstancePrice = { usd: number; source: string }

type ListPrice = { usd: number; dated: string }

// List prices on demand, by region and instance type; scripts/generate/prices.yml has the source of each.
const listPrices: Readonly<Record<string, Readonly<Record<string, ListPrice>>>> = {
  'ap-northeast-2': { 'g4dn.xlarge': { usd: 0.647, dated: '2025-11-30' } },
}

/** Finds what an hour of an instance costs: the given price, else the list price; undefined where there is neither. */
export function findInstancePrice(
  instanceType: string,
  region: string,
  given: number | undefined,
): InstancePrice | undefined {
  if (given !== undefined) return { usd: given, source: 'as given' }
  const listed = listPrices[region]?.[instanceType]
  return listed && { usd: listed.usd, source: `list price of ${listed.dated}` }
}
