import { expect, it } from 'vitest'
import type { Asked } from '../../../actions/deploy-stack/plan/asked.ts'
import { judgeOffers, offerCheckOf } from '../../../actions/deploy-stack/plan/offer.ts'

const asked = (values: Record<string, string>, news = ['Type']): Asked => ({
  ...{ key: 'app', where: 'app.Type', parameter: 'Type', rule: { kind: 'offered-in', subnets: 'Subnets' } },
  ...{ values: new Map(Object.entries(values)), isDeployed: false },
  isNew: (name) => news.includes(name),
})
const subnets = [1, 2, 4].map((zone) => ({ id: `s${zone}`, vpc: 'v', zone: '', zoneId: `apne2-az${zone}` }))
const offers = new Map([
  ['g4dn.xlarge', ['apne2-az1', 'apne2-az2']],
  ['g4.xlarge', []],
])
const judge = (type: string, ids: string) =>
  judgeOffers(offerCheckOf(asked({ Type: type, Subnets: ids })), {
    ...{ offers, subnets, region: 'ap-northeast-2' },
  })
const text = 'parameters: app.Type: expected an instance type that is offered in'

it('lets a type pass that each zone of the subnets offers, or of which nothing is known', () => {
  expect(judge('g4dn.xlarge', 's1, s2')).toEqual([])
  expect(judge('g4dn.xlarge', '')).toEqual([])
  expect(judge('m5.large', 's4')).toEqual([])
})

it('warns where some zones do not offer the type, and refuses where none does', () => {
  const lacks =
    'the zones of the subnets, got "g4dn.xlarge", which s4 (apne2-az4) lacks; in ap-northeast-2, it is offered in apne2-az1, apne2-az2'
  expect(judge('g4dn.xlarge', 's1,s4')).toEqual([`${text} ${lacks}`])
  expect(() => judge('g4dn.xlarge', 's4')).toThrow(`${text} ${lacks}`)
})

it('refuses a type that the region does not offer, also where the subnets are not known yet', () => {
  expect(() => judge('g4.xlarge', '')).toThrow(`${text} ap-northeast-2, got "g4.xlarge"`)
})

it('asks only where the type or the subnets are new', () => {
  const values = { Type: 'g4dn.xlarge', Subnets: 's1' }
  expect(offerCheckOf(asked(values, []))).toEqual([])
  expect(offerCheckOf(asked(values, ['Subnets']))).toMatchObject([{ type: 'g4dn.xlarge', subnetIds: ['s1'] }])
})
