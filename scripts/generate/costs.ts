import { type CfnTemplate, type Given, listResources, readValue } from './cfn-template.ts'

/** A price of prices.yml, in USD. */
type Price = { usd: number; per: 'hour' | 'month' | 'scan'; dated: string; confirmed?: boolean }

/** Prices by what they are for. */
export type Prices = Readonly<Record<string, Price>>

/** Templates by the name of their stack. */
export type Templates = Readonly<Record<string, CfnTemplate>>

/** What something costs in a month, in USD. */
type Cost = { what: string; paused: number; idle: number; running: number }

const egresses = ['nat', 'nat-per-az', 'endpoints']

type Monthly = (name: string) => number

const hoursInMonth = 730
const hoursInWeek = 7 * 24
/** When the GPU instances run: what is chosen, and the hours of a week. */
const schedules = [
  ['always', hoursInWeek],
  ['every day, 08:00 to 22:00', 7 * 14],
  ['Monday to Friday, 08:00 to 22:00', 5 * 14],
  ['Monday to Friday, 09:00 to 18:00', 5 * 9],
] as const
// What a gp3 volume has without extra cost, in MiB/s.
const includedThroughput = 125

/** The Markdown table of what the stacks cost in a month, without what bills by use. */
export function costsTable(templates: Templates, prices: Prices): string {
  const used = new Set<string>()
  const monthly: Monthly = (name) => {
    used.add(name)
    return readMonthly(prices)(name)
  }
  const hosts = costHosts(templates, monthly)
  const balancers = count(templates, 'load-balancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer')
  const balancer = always('`load-balancer`', balancers * monthly('load balancer'))
  const ways = costEgress(templates, monthly)
  const sums = ways.map((way, at) => add(`**sum, \`${egresses[at]}\`**`, [hosts, balancer, way]))
  const rows = [hosts, balancer, ...ways, ...sums, costMonitoring(templates, monthly)]
  return renderCosts(rows, Object.fromEntries(Object.entries(prices).filter(([name]) => used.has(name))))
}

/** The Markdown table of what the GPU instances of a service cost in a month, by when they run. */
export function schedulesTable(templates: Templates, prices: Prices): string {
  const { idle } = costHosts(templates, readMonthly(prices))
  const rows = schedules.map(([when, hours]) => {
    const usd = (idle * hours) / hoursInWeek
    return `| ${when} | ${hours} | ${usd.toFixed(0)} | ${(idle - usd).toFixed(0)} |`
  })
  return [
    '| instances run | hours a week | USD a month | saved |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
    `An hour of them costs ${(idle / hoursInMonth).toFixed(2)} USD, with their volumes.`,
  ].join('\n')
}

const readMonthly =
  (prices: Prices): Monthly =>
  (name) => {
    const price = prices[name]
    if (!price) throw new Error(`prices.yml: expected a price of "${name}"`)
    return price.usd * (price.per === 'hour' ? hoursInMonth : 1)
  }

function count(templates: Templates, stack: string, type: string, given: Given = {}): number {
  return listResources(templates[stack] ?? {}, type, given).length
}

const always = (what: string, usd: number): Cost => ({ what, paused: usd, idle: usd, running: usd })

const add = (what: string, costs: readonly Cost[]): Cost => ({
  what,
  paused: costs.reduce((sum, { paused }) => sum + paused, 0),
  idle: costs.reduce((sum, { idle }) => sum + idle, 0),
  running: costs.reduce((sum, { running }) => sum + running, 0),
})

function costHosts({ cluster = {}, service = {} }: Templates, monthly: Monthly): Cost {
  const read = (value: unknown) => readValue(cluster, value, {})
  const instanceType = read({ '!Ref': 'InstanceType' })
  const [launch] = listResources(cluster, 'AWS::EC2::LaunchTemplate')
  const { VolumeSize, Throughput } = Object(launch?.LaunchTemplateData).BlockDeviceMappings[0].Ebs
  const extra = Math.max(0, Number(read(Throughput)) - includedThroughput)
  const host =
    monthly(instanceType) +
    Number(read(VolumeSize)) * monthly('gp3 volume, GiB') +
    extra * monthly('gp3 throughput above 125 MiB/s, MiB/s')
  const [least, most] = ['MinTasks', 'MaxTasks'].map((Ref) => Number(readValue(service, { '!Ref': Ref }, {})))
  const what = `\`cluster\`: 0, ${least} or ${most} × ${instanceType} with ${read(VolumeSize)} GiB`
  return { what, paused: 0, idle: host * (least ?? 0), running: host * (most ?? 0) }
}

function costEgress(templates: Templates, monthly: Monthly): Cost[] {
  const zones = Number(readValue(templates.network ?? {}, { '!Ref': 'Zones' }, {}))
  const nat = (Egress: string) =>
    count(templates, 'network', 'AWS::EC2::NatGateway', { Egress }) * monthly('NAT gateway') +
    count(templates, 'network', 'AWS::EC2::EIP', { Egress }) * monthly('public IPv4 address')
  const endpoints = listResources(templates.endpoints ?? {}, 'AWS::EC2::VPCEndpoint').filter(
    ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
  )
  const inZones = endpoints.length * zones
  return [
    always('`network`, Egress `nat`', nat('nat')),
    always(`\`network\`, Egress \`nat-per-az\`, ${zones} zones`, nat('nat-per-az')),
    always(
      `\`network\`, Egress \`endpoints\`, and \`endpoints\`: ${endpoints.length} in ${zones} zones`,
      nat('endpoints') + inZones * monthly('interface endpoint in a zone'),
    ),
  ]
}

function costMonitoring(templates: Templates, monthly: Monthly): Cost {
  const alarms = listResources(templates.monitoring ?? {}, 'AWS::CloudWatch::Alarm')
  const metrics = alarms.map(({ Metrics }) =>
    Array.isArray(Metrics) ? Metrics.filter((metric) => Object(metric).MetricStat).length : 1,
  )
  return always(
    '`monitoring`, in addition',
    metrics.reduce((sum, each) => sum + each, 0) * monthly('metric of an alarm') +
      count(templates, 'monitoring', 'AWS::CloudWatch::Dashboard') * monthly('dashboard') +
      count(templates, 'monitoring', 'AWS::KMS::Key') * monthly('KMS key'),
  )
}

function renderCosts(costs: readonly Cost[], prices: Prices): string {
  const rows = costs.map(({ what, paused, idle, running }) =>
    [what, ...[paused, idle, running].map((usd) => usd.toFixed(0))].join(' | '),
  )
  const dates = Object.values(prices)
    .map(({ dated }) => dated)
    .sort()
  const doubtful = Object.keys(prices).filter((name) => prices[name]?.confirmed === false)
  return [
    '| USD a month | paused | idle | running |',
    '| --- | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Prices of ${dates.at(0)} to ${dates.at(-1)}. Not confirmed for Seoul: ${doubtful.join('; ')}.`,
  ].join('\n')
}
