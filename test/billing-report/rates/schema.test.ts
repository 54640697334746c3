import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { units } from '../../../actions/billing-report/rates/rates.ts'

type Schema = {
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  items?: Schema
  definitions?: Record<string, Schema>
  enum?: string[]
}

const schema: Schema = JSON.parse(readFileSync('actions/billing-report/rates.schema.json', 'utf8'))

/** The keys of each map that has no others. */
const closedMaps = (each: Schema): string[][] => [
  ...(each.additionalProperties === false ? [Object.keys(each.properties ?? {}).sort()] : []),
  ...Object.values({ ...each.properties, ...each.definitions }).flatMap(closedMaps),
  ...(each.items ? closedMaps(each.items) : []),
]

it('has the keys that the rates file may have, in each of its maps', () => {
  const source = readFileSync('actions/billing-report/rates/rates-file.ts', 'utf8')
  const known = [...source.matchAll(/\.only\(\[(.*?)\]\)/g)].map(([, list = '']) =>
    [...list.matchAll(/'(.*?)'/g)].map(([, key = '']) => key).sort(),
  )
  expect(known).toHaveLength(7)
  expect(closedMaps(schema).sort()).toEqual(known.sort())
  expect(schema.definitions?.meter?.properties?.unit?.enum).toEqual([...units])
})
