/** Bytes that are kept, and bytes that queries scan in a month. */
export type DataUse = { stored: number; scanned: number }

/** What data costs in a month, in USD, and where the prices are from. */
export type DataCost = { stored: number; scanned: number; source: string }

type ListPrice = { storedGib: number; scannedTib: number; dated: string }

// List prices by region, without free tiers; scripts/generate/prices.yml has the source of each.
const listPrices: Readonly<Record<string, ListPrice>> = {
  'ap-northeast-2': { storedGib: 0.025, scannedTib: 5, dated: '2026-11-26' },
}

/** Prices data by the list of its region; undefined where there is none. */
export function priceData({ stored, scanned }: DataUse, region: string): DataCost | undefined {
  const listed = listPrices[region]
  return (
    listed && {
      stored: (stored / 2 ** 30) * listed.storedGib,
      scanned: (scanned / 2 ** 40) * listed.scannedTib,
      source: `list prices of ${listed.dated}`,
    }
  )
}
