import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'
import { emptyStacks } from '../fakes/cloudformation.ts'
import { runDeployment } from '../fixtures/deployment.ts'

const monthOf = ({ summary }: { summary: string }) => /^\*\*A month\*\*.*$/m.exec(summary)?.[0]

it('says in a preview what a month of the hosts, the NAT gateway and the endpoints costs', async () => {
  const folder = join(root, 'cloudformation')
  const names = readdirSync(folder).filter((name) => name.endsWith('.yml'))
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
  const inputs = { mode: 'preview', only: 'network, endpoints, cluster' }
  expect(monthOf(await runDeployment(emptyStacks(), { files, inputs }))).toBe(
    '**A month**, at list prices of 2025-11-30 or newer: 4 USD more for 1 × public IPv4 address; 43 USD more for 1 × NAT gateway; 57 USD more for 6 × interface endpoint, for each of its zones; 472 USD more for 1 × g4dn.xlarge that runs.',
  )
})

it('says in a deployment what comes and goes, and nothing where none of it has a price', async () => {
  const account = emptyStacks()
  const deploy = async (...nats: string[]) => {
    const app = `
Parameters: {InstanceType: {Type: String, Default: x1.large}}
Resources:
  Group: {Type: AWS::AutoScaling::AutoScalingGroup}
  Gateway: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Gateway}}
${nats.map((name) => `  ${name}: {Type: AWS::EC2::NatGateway}`).join('\n')}`
    const files = { 'stacks.yml': 'stacks: {app: {template: app.yml}}', 'app.yml': app }
    return monthOf(await runDeployment(account, { files }))
  }
  const text = '**A month**, at list prices of 2026-04-03 or newer:'
  expect(await deploy()).toBeUndefined()
  expect(await deploy('A', 'B')).toBe(`${text} 86 USD more for 2 × NAT gateway.`)
  expect(await deploy('A', 'B')).toBeUndefined()
  expect(await deploy('B')).toBe(`${text} 43 USD less for 1 × NAT gateway.`)
})
