import { expect, it } from 'vitest'
import { makeScalableTargets } from '../../../lib/aws/application-autoscaling.ts'
import { makeGroups } from '../../../lib/aws/autoscaling.ts'
import { makeEcs } from '../../../lib/aws/ecs.ts'
import { sendJson, sendXml, startAws } from '../../fixtures/aws-server.ts'

const names = Array.from({ length: 120 }, (_, at) => `s${at}`)
const groupArn = (name: string) =>
  `arn:aws:autoscaling:eu-west-1:1:autoScalingGroup:x:autoScalingGroupName/${name}`

it('describes services ten a call', async () => {
  const sizes: number[] = []
  const { config } = await startAws(({ body }, response) => {
    const { services } = JSON.parse(body)
    sizes.push(services.length)
    const found = services.map((serviceName: string) => ({ serviceName, status: 'ACTIVE' }))
    sendJson(response, 200, { services: found })
  })
  const found = await makeEcs(config).describeServices('c', names)
  expect(found.map(({ name }) => name)).toEqual(names)
  expect(sizes).toEqual(Array(12).fill(10))
})

it('describes capacity providers a hundred a call, page by page, and gives the groups behind them', async () => {
  const sizes: number[] = []
  const { config } = await startAws(({ body }, response) => {
    const { capacityProviders, nextToken } = JSON.parse(body)
    sizes.push(capacityProviders.length)
    const half = capacityProviders.length / 2
    const part = nextToken ? capacityProviders.slice(half) : capacityProviders.slice(0, half)
    const found = part.map((name: string) => ({
      name,
      ...(name === 's1' ? {} : { autoScalingGroupProvider: { autoScalingGroupArn: groupArn(`${name}-g`) } }),
    }))
    sendJson(response, 200, { capacityProviders: found, ...(nextToken ? {} : { nextToken: 'more' }) })
  })
  const groups = await makeEcs(config).describeGroups(names)
  expect(groups.size).toBe(119)
  expect([groups.get('s0'), groups.get('s1'), groups.get('s119')]).toEqual(['s0-g', undefined, 's119-g'])
  expect(sizes).toEqual([100, 100, 20, 20])
})

it('describes scalable targets fifty a call, and finds them again by their service', async () => {
  const sizes: number[] = []
  const { config } = await startAws(({ body }, response) => {
    const { ResourceIds } = JSON.parse(body)
    sizes.push(ResourceIds.length)
    const targets = ResourceIds.filter((id: string) => id !== 'service/c/s1').map((ResourceId: string) => ({
      ResourceId,
      MinCapacity: 1,
      MaxCapacity: 4,
      SuspendedState: { ScheduledScalingSuspended: true },
    }))
    sendJson(response, 200, { ScalableTargets: targets })
  })
  const found = await makeScalableTargets(config).describe('c', names)
  expect(found.size).toBe(119)
  expect(found.get('s0')).toEqual({
    min: 1,
    max: 4,
    suspended: { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: true },
  })
  expect(sizes).toEqual([50, 50, 20])
})

it('describes groups a hundred a call, page by page', async () => {
  const sizes: number[] = []
  const { config } = await startAws(({ body }, response) => {
    const asked = new URLSearchParams(body)
    const members = [...asked].flatMap(([key, name]) =>
      key.startsWith('AutoScalingGroupNames') ? [name] : [],
    )
    sizes.push(members.length)
    const part = asked.has('NextToken') ? members.slice(15) : members.slice(0, 15)
    const groups = part.map((name) => `<member><AutoScalingGroupName>${name}</AutoScalingGroupName></member>`)
    const next = asked.has('NextToken') ? '' : '<NextToken>more</NextToken>'
    const result = `<AutoScalingGroups>${groups.join('')}</AutoScalingGroups>${next}`
    sendXml(
      response,
      200,
      `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult>${result}</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
    )
  })
  const found = await makeGroups(config).describe(names)
  expect(found.map(({ name }) => name)).toEqual(names)
  expect(sizes).toEqual([100, 100, 20, 20])
})

it('asks nothing about nothing', async () => {
  const { calls, config } = await startAws(() => undefined)
  expect(await makeEcs(config).describeServices('c', [])).toEqual([])
  expect(await makeGroups(config).describe([])).toEqual([])
  expect((await makeEcs(config).describeGroups([])).size).toBe(0)
  expect((await makeScalableTargets(config).describe('c', [])).size).toBe(0)
  expect(calls).toEqual([])
})
