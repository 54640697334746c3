import { expect, it } from 'vitest'
import { readCfnTemplate } from '../../scripts/generate/cfn-template.ts'
import { type Quota, quotasTable } from '../../scripts/generate/quotas.ts'

const templates = {
  network: readCfnTemplate(`
Parameters: {Egress: {Default: nat}}
Conditions: {HasNat: !Equals [!Ref Egress, nat], HasMore: !Not [!Condition HasNat]}
Resources: {A: {Type: Address, Condition: HasNat}, B: {Type: Address, Condition: HasMore}}`),
  storage: readCfnTemplate('Resources: {A: {Type: Bucket}, B: {Type: Bucket}, C: {Type: Bucket}}'),
}
const quota = (what: string, type: string, most: number): Quota => ({
  ...{ what, type, most, per: 'account', page: 'https://a.example' },
})

it('counts what the default parameters create, and puts the tightest quota first', () => {
  const quotas = [
    quota('stacks', 'stack', 7),
    quota('buckets', 'Bucket', 100),
    quota('addresses', 'Address', 2),
  ]
  expect(quotasTable(templates, quotas).split('\n').slice(2)).toEqual([
    '| [addresses](https://a.example) | account | 2 | 1 | 2 |',
    '| [stacks](https://a.example) | account | 7 | 2 | 3 |',
    '| [buckets](https://a.example) | account | 100 | 3 | 33 |',
  ])
})

it('names a quota of which no template uses anything', () => {
  expect(() => quotasTable(templates, [quota('tables', 'Table', 1)])).toThrow('type "Table"')
})
