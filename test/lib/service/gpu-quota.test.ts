import { describe, expect, it } from 'vitest'
import { countVcpus, findGpuQuota, judgeGpuDemand } from '../../../lib/service/gpu-quota.ts'

it.each([
  ['g4dn.xlarge', 'L-DB2E81BA'],
  ['g6e.xlarge', 'L-DB2E81BA'],
  ['gr6.4xlarge', 'L-DB2E81BA'],
  ['vt1.3xlarge', 'L-DB2E81BA'],
  ['p3.2xlarge', 'L-417A185B'],
  ['m5.large', undefined],
  ['t3.micro', undefined],
])('counts %s in the quota %s', (type, code) => {
  expect(findGpuQuota(type)?.code).toBe(code)
})

it('counts vCPUs as EC2 tells them, else those of the type', () => {
  expect(countVcpus([])).toBe(0)
  const known = { type: 'g4dn.2xlarge', vcpus: 3 }
  expect(countVcpus([known, { type: 'g5.xlarge', vcpus: undefined }, { type: 'x', vcpus: undefined }])).toBe(
    7,
  )
})

describe('judgeGpuDemand', () => {
  const quota = { code: 'L-1', name: 'All', families: ['g'] }
  const demand = {
    ...{ type: 'g4dn.xlarge', first: 1, most: 4, quota, applied: 16, used: 0, requested: [] },
    region: 'eu-west-1',
  }
  const url = 'https://console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-1?region=eu-west-1'

  it.each([{}, { applied: 20, used: 4 }, { applied: 16, used: undefined }, { type: 'g9.x', applied: 1 }])(
    'is content with %j',
    (change) => {
      expect(judgeGpuDemand({ ...demand, ...change })).toBeUndefined()
    },
  )

  it.each([
    [
      { applied: 0 },
      'refused',
      `no g4dn.xlarge can start: each needs 4 vCPUs, and the quota "All" (L-1) of eu-west-1 is 0 vCPUs, of which 0 are used; ask for more at ${url}`,
    ],
    // A request counts for nothing until it is granted.
    [
      { applied: 7, used: 4, requested: [8, 64] },
      'refused',
      /^no g4dn.*is 7 vCPUs, of which 4 are used; .*; a request for 8 is open; a request for 64 is open$/,
    ],
    [{ applied: 4, used: 8 }, 'refused', /^no g4dn/],
    [{ applied: 0, used: undefined }, 'refused', /is 0 vCPUs; ask/],
    [{ applied: 0, first: 0 }, 'warning', /^no g4dn.xlarge can start/],
    [{ type: 'g9.x', applied: 0 }, 'refused', /^no g9.x can start: the quota/],
    [{ applied: 15 }, 'warning', /^only 3 of up to 4 g4dn.xlarge can start: each needs 4/],
    [
      { applied: 8, first: 3 },
      'warning',
      /^only 2 of up to 4 g4dn.xlarge can start, and 3 would start at first: /,
    ],
  ])('judges %j: %s', (change, kind, text) => {
    const judgement = judgeGpuDemand({ ...demand, ...change })
    expect(judgement?.kind).toBe(kind)
    if (typeof text === 'string') expect(judgement?.text).toBe(text)
    else expect(judgement?.text).toMatch(text)
  })
})
