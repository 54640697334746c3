import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { priceData } from '../../../lib/service/data-price.ts'
import { root } from '../../../scripts/local-aws-process.ts'

it('prices what is kept and scanned by the list of its region, which prices.yml has too', () => {
  const use = { stored: 100 * 2 ** 30, scanned: 2 ** 39 }
  expect(priceData(use, 'eu-central-1')).toBeUndefined()
  expect(priceData(use, 'ap-northeast-2')).toEqual({
    ...{ stored: 2.5, scanned: 2.5, source: 'list prices of 2026-11-26' },
  })
  const prices = parse(readFileSync(join(root, 'scripts/generate/prices.yml'), 'utf8'))
  const [storage, scan] = [prices['S3 Standard, GiB'], prices['TiB scanned by Athena']]
  expect(priceData({ stored: 2 ** 30, scanned: 2 ** 40 }, 'ap-northeast-2')).toEqual({
    ...{ stored: storage.usd, scanned: scan.usd, source: `list prices of ${storage.dated}` },
  })
  expect(scan.dated).toBe(storage.dated)
})
