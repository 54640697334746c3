/** What an hour of something costs on demand, in USD, and the day of the price list. */
export type ListPrice = { usd: number; dated: string }

// By region, and by the name that it has in scripts/generate/prices.yml, which says where each is from.
const listPrices: Readonly<Record<string, Readonly<Record<string, ListPrice>>>> = {
  'ap-northeast-2': {
    'g4dn.xlarge': { usd: 0.647, dated: '2025-11-30' },
    'NAT gateway': { usd: 0.059, dated: '2026-04-03' },
    'public IPv4 address': { usd: 0.005, dated: '2026-04-03' },
    'interface endpoint in a zone': { usd: 0.013, dated: '2026-10-08' },
  },
}

/** Finds the list price of an hour of something, such as an instance of a type; undefined where none is known. */
export function findListPrice(what: string, region: string): ListPrice | undefined {
  return listPrices[region]?.[what]
}
