import { readFileSync } from 'node:fs'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { contractAccount, isLocal, patience } from '../../contract-account.ts'
import { fromGroup, makePrivateApi, range, toBalancer, type Variant } from '../../fixtures/private-api.ts'

const account = contractAccount()
const logOfLocalAws = () => readFileSync('out/test-local-aws.log', 'utf8')

/** Calls API Gateway's own API; there is no client of it among our dependencies. */
async function control(method: string, path: string, body?: object) {
  const scope = `${account.account}/20260101/${account.region}/apigateway/aws4_request`
  const answer = await fetch(`${inject('endpoint')}/v2/${path}`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, body: text ? Object(JSON.parse(text)) : undefined }
}

// Targets are servers of this machine, which AWS does not reach.
describe.runIf(isLocal)('an HTTP API with a VPC link', () => {
  let api: Awaited<ReturnType<typeof makePrivateApi>>
  beforeAll(async () => {
    api = await makePrivateApi(account)
  })
  const infer = (headers: Record<string, string> = {}) =>
    api.ask('/inference?a=1&a=2', { method: 'POST', body: '{"file":"x"}', headers })

  it('forwards to the internal load balancer, and changes the parameters as the integration says', async () => {
    const sent = { 'x-ddn-user': 'bob', x_ddn_user: 'bob', 'x-list': 'first', 'x-api-key': 'secret' }
    const answer = await infer(sent)
    const saw = Object(await answer.json())
    expect([answer.status, saw.method, saw.url, saw.body]).toEqual([
      200,
      'POST',
      '/inference?a=1&a=2',
      '{"file":"x"}',
    ])
    expect(saw.headers).toMatchObject({ 'x-ddn-user': 'public', 'x-list': 'first,second' })
    expect(Object.keys(saw.headers)).not.toContain('x-api-key')
    expect(Object.keys(saw.headers)).not.toContain('x_ddn_user')
    expect(Object(await (await api.ask('/ping/service')).json()).url).toBe('/ping')
  })

  it('does not wait longer than the integration says', async () => {
    await api.change({ timeout: 50 })
    const answer = await infer({ 'x-slow': 'yes' })
    expect([answer.status, await answer.text()]).toEqual([504, '{"message":"Endpoint Request Timed Out"}'])
    await api.change({})
  })

  it('takes a body of 10 MiB, and not one byte more', async () => {
    const post = async (size: number) => {
      const body = Buffer.alloc(size, 'a')
      return await api.ask('/inference', { method: 'POST', body })
    }
    expect((await post(10 * 2 ** 20)).status).toBe(200)
    const refused = await post(10 * 2 ** 20 + 1)
    expect([refused.status, await refused.text()]).toEqual([413, '{"message":"Request Entity Too Large"}'])
  })

  it('answers the preflight of an allowed origin', async () => {
    const preflight = async (origin: string) =>
      await api.ask('/inference', { method: 'OPTIONS', headers: { origin } })
    const allowed = await preflight('https://app.example.com')
    expect([allowed.status, allowed.headers.get('access-control-allow-methods')]).toEqual([204, 'POST'])
    expect((await preflight('https://other.example.com')).status).toBe(403)
  })

  it('writes a line of the access log for each request, in the format of the stage', async () => {
    expect((await api.ask('/nowhere')).status).toBe(404)
    const logs = new CloudWatchLogsClient(account.config)
    await vi.waitFor(async () => {
      const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: api.read('Log') }))
      const lines = events?.map(({ message = '' }) => JSON.parse(message))
      expect(lines).toContainEqual({ routekey: 'POST /inference', status: '200', user: '-' })
      expect(lines).toContainEqual({ routekey: '-', status: '404', user: '-' })
    }, patience)
  })

  // The subnets of the account are 10.90.0.0/24 and 10.90.1.0/24.
  it.each<[string, Variant, string | undefined]>([
    ['a rule out for the range of the load balancer', { linkEgress: [range('10.90.0.0/16')] }, undefined],
    [
      'a rule in for the range of the link',
      { admitted: false, balancerIngress: [range('10.90.0.0/23')] },
      undefined,
    ],
    ['no rule out', { linkEgress: [range('127.0.0.1/32')] }, 'LINK of the VPC link link has no egress rule'],
    [
      'a rule out for another port',
      { linkEgress: [{ ...toBalancer, FromPort: 443, ToPort: 443 }] },
      'LINK of the VPC link link has no egress rule for tcp 80 to BALANCER',
    ],
    ['no rule in', { admitted: false }, 'has no ingress rule for tcp 80 from LINK of the VPC link link'],
    [
      'a rule in for another group',
      { admitted: false, balancerIngress: [fromGroup('sg-0123456789abcdef0')] },
      'BALANCER of the load balancer NAME has no ingress rule',
    ],
    [
      'a rule in for one subnet of two',
      { admitted: false, balancerIngress: [range('10.90.0.0/24')] },
      'BALANCER of the load balancer NAME has no ingress rule',
    ],
  ])('with %s passes or is dropped, and the log says which rule is missing', async (_, variant, missing) => {
    await api.change(variant)
    const answer = await infer()
    if (missing === undefined) expect(answer.status).toBe(200)
    else {
      expect([answer.status, await answer.text()]).toEqual([503, '{"message":"Service Unavailable"}'])
      const line = missing
        .replace('LINK', api.read('LinkGroup'))
        .replace('BALANCER', api.read('BalancerGroup'))
        .replace('NAME', api.read('Balancer'))
      await vi.waitFor(() => expect(logOfLocalAws()).toContain(line), patience)
    }
    await api.change({})
  })

  it('gets another link where the subnets change, and goes on', async () => {
    const before = api.read('Link')
    const read = await api.change({ subnets: api.subnetIds.toReversed().slice(0, 1) })
    expect(read('Link')).not.toBe(before)
    expect((await infer()).status).toBe(200)
    expect((await control('GET', `vpclinks/${before}`)).status).toBe(404)
  })

  it('loses its way with the VPC link', async () => {
    const links = (await control('GET', 'vpclinks')).body.items
    await Promise.all(
      links.map((each: { vpcLinkId: string }) => control('DELETE', `vpclinks/${each.vpcLinkId}`)),
    )
    expect((await infer()).status).toBe(503)
  })
})

describe.runIf(isLocal)('a VPC link', () => {
  it('is made, described and deleted', async () => {
    const made = await control('POST', 'vpclinks', { name: 'mine', subnetIds: ['subnet-1', 'subnet-2'] })
    expect([made.status, made.body]).toMatchObject([201, { name: 'mine', vpcLinkStatus: 'AVAILABLE' }])
    const path = `vpclinks/${made.body.vpcLinkId}`
    expect(await control('GET', path)).toEqual({ status: 200, body: made.body })
    expect((await control('DELETE', path)).status).toBe(202)
    expect((await control('GET', path)).status).toBe(404)
  })
})
