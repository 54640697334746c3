import { expect, it } from 'vitest'
import { makeBalancer, serve } from '../../fixtures/balancer.ts'

it('finds a target healthy by its own check, and forwards what a rule matches', async () => {
  const balancer = await makeBalancer('forwarding')
  await balancer.register(await serve(() => 200))
  await expect.poll(balancer.describe).toEqual([{ State: 'healthy' }])
  const answer = await balancer.ask('/ping?a=1')
  expect([answer.status, await answer.text()]).toEqual([200, 'saw GET /ping?a=1'])
  expect((await balancer.ask('/other')).status).toBe(404)
})

it('does not call a target healthy that answers its check with another status', async () => {
  const balancer = await makeBalancer('loading')
  let ready = false
  let checks = 0
  const port = await serve((path) => {
    if (path !== '/health') return 200
    checks++
    return ready ? 200 : 503
  })
  await balancer.register(port)
  const countChecks = async () => {
    await balancer.describe()
    return checks
  }
  await expect.poll(countChecks).toBeGreaterThan(1)
  const [health] = (await balancer.describe()) ?? []
  expect(health).toMatchObject({ State: 'initial', Reason: 'Elb.InitialHealthChecking' })
  ready = true
  await expect.poll(balancer.describe).toEqual([{ State: 'healthy' }])
})

it('tells of targets that are not registered, and of groups that are not in use', async () => {
  const balancer = await makeBalancer('unused')
  expect(await balancer.describeOne({ Id: '127.0.0.9', Port: 80 })).toEqual([
    {
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    },
  ])
  await balancer.register(await serve(() => 200))
  await balancer.deleteRule()
  expect(await balancer.describe()).toMatchObject([{ State: 'unused', Reason: 'Target.NotInUse' }])
})

it('follows the rule with the lowest priority that matches, and else the default', async () => {
  const balancer = await makeBalancer('rules')
  await balancer.addRule(30, '/a*', '410')
  await balancer.addRule(20, '/a/b', '429')
  const statuses = ['/a/b', '/a/c', '/other'].map(async (path) => (await balancer.ask(path)).status)
  expect(await Promise.all(statuses)).toEqual([429, 410, 404])
})

it('answers 503 without a target', async () => {
  expect((await (await makeBalancer('empty')).ask('/ping')).status).toBe(503)
})
