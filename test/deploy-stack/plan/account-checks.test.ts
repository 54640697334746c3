import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import type { AccountState } from '../../../actions/deploy-stack/observe/account.ts'
import { listAccountChecks } from '../../../actions/deploy-stack/plan/account-checks.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'
import { verifyAccount } from '../../../actions/deploy-stack/plan/verify-plan.ts'

const body = `
Metadata:
  Constraints:
    - {Parameter: Subnets, SubnetsOf: Vpc}
    - {Parameter: Subnets, LeastZones: 2}
    - {Parameter: Links, VpcLinkZones: true}
    - {Parameter: Type, GpuQuota: {First: Initial, Most: Max}}
Parameters:
  Vpc: {Type: String, Default: vpc-1}
  Subnets: {Type: String, Default: ''}
  Links: {Type: String, Default: ''}
  Type: {Type: String, Default: g4dn.xlarge}
  Initial: {Type: Number, Default: 1}
  Max: {Type: Number, Default: 2}
  ImageUri: {Type: String, Default: ''}
Resources: {T: {Type: AWS::SNS::Topic}}
`
const graph = parseGraph('stacks: {app: {template: t.yml}}', 'stacks.yml')
const templates = new Map([['app', parseTemplate(body, 't.yml')]])
const region = 'ap-northeast-2'

const listChecks = (
  parameters: string,
  before?: Record<string, string>,
  severities?: Map<string, string>,
) => {
  const steps = planStacks(graph, templates, readInputs({ stacks: 's.yml', prefix: 'ddn', parameters }))
  const stack = { parameters: new Map(Object.entries(before ?? {})), outputs: new Map() }
  const place = { prefix: 'ddn', account: '111122223333', region }
  return listAccountChecks(steps, place, new Map(before ? [['app', stack]] : []), severities)
}
const subnet = (id: string, zone: number, vpc = 'vpc-1') => ({
  id,
  vpc,
  zone: `zone-${zone}`,
  zoneId: `apne2-az${zone}`,
})
const subnets = [subnet('a', 1), subnet('b', 2), subnet('c', 2), subnet('d', 4), subnet('e', 1, 'vpc-2')]
const quotas = new Map([['L-DB2E81BA', { applied: 8, used: 0, requested: [] }]])
const state: AccountState = {
  ...{ region, now: 0, subnets, quotas, images: new Map(), certificates: new Map() },
  ...{ offers: new Map(), logBuckets: new Map(), subscriptions: new Map(), imports: new Map() },
}

describe('the subnets', () => {
  it.each(['', 'Subnets=a,b', 'Subnets=a, b,c', 'Links=a,b', 'Links=b'])('may be %j', (parameters) => {
    expect(verifyAccount(listChecks(parameters), state)).toEqual([])
  })

  it.each([
    ['Subnets=a,x,y', 'app.Subnets: expected subnets of ap-northeast-2 that exist, got x, y, which'],
    ['Links=x', 'app.Links: expected subnets of ap-northeast-2 that exist, got x, which'],
    ['Subnets=a,e', 'app.Subnets: expected subnets of Vpc, vpc-1, got e of vpc-2'],
    ['Subnets=a,b\nVpc=vpc-9', 'app.Subnets: expected subnets of Vpc, vpc-9, got a of vpc-1, b of vpc-1'],
    [
      'Subnets=b,c',
      'app.Subnets: expected subnets in at least 2 different zones, got b in zone-2, c in zone-2',
    ],
    [
      'Links=a,d',
      'app.Links: expected subnets in zones with VPC links, which are apne2-az1, apne2-az2, apne2-az3, got d in apne2-az4',
    ],
  ])('may not be %j', (parameters, message) => {
    expect(() => verifyAccount(listChecks(parameters), state)).toThrow(`parameters: ${message}`)
  })

  it('may be in any zone of a region without a list', () => {
    expect(verifyAccount(listChecks('Links=a,d'), { ...state, region: 'af-south-1' })).toEqual([])
  })

  it('are not looked at where the stack has them', () => {
    expect(listChecks('Subnets=a,b\nLinks=b').subnets).toHaveLength(3)
    expect(listChecks('Subnets=b,c\nLinks=d', { Subnets: 'b,c', Links: 'd' }).subnets).toEqual([])
    expect(listChecks('').subnets).toEqual([])
  })

  it('are taken where they could not be described', () => {
    expect(verifyAccount(listChecks('Subnets=x'), { ...state, subnets: undefined })).toEqual([])
  })
})

describe('the quota', () => {
  const verify = (checks: ReturnType<typeof listChecks>, applied: number, used = 0) =>
    verifyAccount(checks, { ...state, quotas: new Map([['L-DB2E81BA', { applied, used, requested: [] }]]) })
  const before = { Type: 'g4dn.xlarge', Initial: '1', Max: '1' }

  it('suffices, warns or refuses', () => {
    expect(verify(listChecks(''), 8)).toEqual([])
    expect(verify(listChecks(''), 8, 4)).toEqual([
      expect.stringMatching(/^parameters: app\.Type: only 1 of up to 2 g4dn\.xlarge/),
    ])
    expect(() => verify(listChecks(''), 8, 8)).toThrow('no g4dn.xlarge can start')
    expect(verify(listChecks('Initial=0'), 0)).toEqual([expect.stringContaining('no g4dn.xlarge')])
    expect(verifyAccount(listChecks(''), { ...state, quotas: new Map() })).toEqual([])
  })

  it('is looked at for types with GPUs, and for a new number or type', () => {
    expect(listChecks('').gpus).toMatchObject([{ quota: { code: 'L-DB2E81BA' } }])
    expect(listChecks('Type=m5.large').gpus).toEqual([])
    expect(listChecks('', before).gpus).toEqual([])
    expect(listChecks('Max=2', before).gpus).toHaveLength(1)
    expect(listChecks('Type=g5.xlarge', before).gpus).toHaveLength(1)
  })

  it('leaves out what runs where the group is there, since those are its own', () => {
    expect(verify(listChecks('Max=2', before), 8, 8)).toEqual([])
    expect(verify(listChecks('Max=3', before), 8, 8)).toEqual([expect.stringContaining('only 2 of up to 3')])
  })
})

describe('the image', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const uri = (host: string) => `ImageUri=${host}/team/app@${digest}`
  const own = uri('111122223333.dkr.ecr.ap-northeast-2.amazonaws.com')
  const images = (isThere: boolean) => ({ ...state, images: new Map([[digest, isThere]]) })

  it('is in its repository', () => {
    expect(() => verifyAccount(listChecks(own), images(false))).toThrow(
      `parameters: app.ImageUri: expected an image of the repository team/app, got ${digest}, which it does not have; push it first`,
    )
    expect(verifyAccount(listChecks(own), images(true))).toEqual([])
    expect(verifyAccount(listChecks(own), state)).toEqual([])
  })

  it.each([
    ...[
      uri('111122223333.dkr.ecr.us-east-1.amazonaws.com'),
      uri('222222222222.dkr.ecr.ap-northeast-2.amazonaws.com'),
    ],
    ...[uri('ghcr.io'), 'ImageUri=111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/app:latest', ''],
  ])('is looked for in this account and region, by its digest, only: %s', (parameters) => {
    expect(listChecks(parameters).images).toEqual([])
  })

  it('is not looked for again where it is deployed', () => {
    expect(listChecks(own, { ImageUri: own.slice('ImageUri='.length) }).images).toEqual([])
  })
})

describe('a severity', () => {
  it.each([
    ['subnets', 'Subnets=a,x'],
    ['gpu-quota', 'Initial=9'],
  ])('of %s turns a refusal into a warning, or the check off', (name, parameters) => {
    const few = { ...state, quotas: new Map([['L-DB2E81BA', { applied: 0, used: 0, requested: [] }]]) }
    expect(() => verifyAccount(listChecks(parameters), few)).toThrow('parameters: app.')
    const warned = verifyAccount(
      listChecks(parameters),
      few,
      new Map([
        [name, 'warning'],
        ['gpu-quota', name === 'gpu-quota' ? 'warning' : 'off'],
      ]),
    )
    expect(warned).toEqual([expect.stringContaining('parameters: app.')])
    const off = new Map([
      ['subnets', 'off'],
      ['gpu-quota', 'off'],
      ['image', 'off'],
    ])
    expect(listChecks(parameters, undefined, off)).toMatchObject({
      subnets: [],
      gpus: [],
      images: [],
    })
  })
})
