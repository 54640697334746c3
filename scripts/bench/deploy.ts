import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeCloudFormation } from '../../lib/aws/cloudformation.ts'
import { root } from '../local-aws-process.ts'
import { imports, writeGraph, writeManyStacks } from './deploy-graph.ts'
import {
  actionCommand,
  type BenchPlace,
  type Bound,
  bound,
  type Command,
  type Cost,
  inBenchPlace,
  region,
} from './measured.ts'
import { median } from './median.ts'

type Client = { name: string; command(folder: string): Command }
type Run = Omit<Cost, 'calls'> & { case: string; client: string; calls?: number; endSeconds?: number }

const tools = join(root, '.tools', 'bench', 'bin')
const keys = Object.keys(imports)

const ours: Client = {
  name: 'deploy-stack',
  command: (folder) =>
    actionCommand('deploy-stack', { stacks: join(folder, 'stacks.yml'), prefix: 'bench' }, folder),
}

const deployAll = `for key in ${keys.join(' ')}; do "$0" cloudformation deploy --stack-name "bench-$key" --template-file "$key.json" --no-fail-on-empty-changeset; done`
const peers: readonly Client[] = [
  {
    name: 'aws',
    command: (cwd) => ({ argv: ['sh', '-ec', deployAll, join(tools, 'aws')], cwd }),
  },
  {
    name: 'sceptre',
    command: (cwd) => ({ argv: [join(tools, 'sceptre'), 'launch', '--yes', 'stacks'], cwd }),
  },
]

/**
 * Deploys four stacks first and again without a change, beside the AWS CLI and sceptre where they are installed, and
 * plans 100 and 200 stacks of 50 resources.
 */
export async function benchDeploy(): Promise<boolean> {
  const { runs, plans } = await inBenchPlace(async (place) => ({
    runs: await compareClients(place),
    plans: [await planStacks(place, 100), await planStacks(place, 200)],
  }))
  const bounds = [...boundsOf(runs), ...boundsOfPlans(plans)]
  for (const each of bounds) console.log(JSON.stringify(each))
  return bounds.every(({ reached }) => reached)
}

// A run without a change takes parts of a second: one is no measure.
const rounds = 5

async function compareClients(place: BenchPlace): Promise<Run[]> {
  const graph = join(place.folder, 'graph')
  writeGraph(graph)
  const all = [ours, ...findPeers()].map((client, at) => ({ client, account: String(100_000_000_001 + at) }))
  const measure = async (
    name: string,
    { client, account }: (typeof all)[number],
    how: BenchPlace['time'] = place.run,
  ) => ({
    ...{ case: name, client: client.name },
    ...(await how(account, client.command(graph))),
  })
  // Who comes first waits until the local AWS has loaded what it needs.
  await place.run('100000000000', ours.command(graph))
  const runs: Run[] = []
  for (const each of all) {
    const run = await measure('first', each)
    const lastEvent = each.client === ours ? await findLastEvent(place, each.account) : undefined
    const end = lastEvent === undefined ? {} : { endSeconds: (Date.now() - lastEvent) / 1000 }
    runs.push(tell({ ...run, ...end }))
  }
  for (const each of all) runs.push(tell(await measure('no change, counted', each)))
  for (let round = 1; round <= rounds; round++)
    for (const each of all) runs.push(tell(await measure('no change', each, place.time)))
  return runs
}

function findPeers(): Client[] {
  return peers.filter(({ name }) => {
    const isThere = existsSync(join(tools, name))
    if (!isThere)
      console.log(
        `${name}: not compared, since it is not installed; python3 -m venv .tools/bench && .tools/bench/bin/pip install --require-hashes --only-binary :all: -r requirements-bench.txt`,
      )
    return isThere
  })
}

/** Returns when the last event of the last stack happened, in milliseconds since the epoch. */
async function findLastEvent({ endpoint }: BenchPlace, account: string): Promise<number> {
  const credentials = { accessKeyId: account, secretAccessKey: 'local' }
  const config = { region, endpoint, credentials, maxAttempts: 1, retryMode: 'standard' as const }
  const events = await makeCloudFormation(config).listEvents(`bench-${keys.at(-1)}`, undefined)
  return events.at(-1)?.time.getTime() ?? Number.NaN
}

async function planStacks(place: BenchPlace, count: number): Promise<Run> {
  const stacks = writeManyStacks(join(place.folder, `many-${count}`), count)
  const command = actionCommand('deploy-stack', { stacks, prefix: 'many', 'dry-run': 'true' }, place.folder)
  return tell({ case: `plan of ${count}`, client: ours.name, ...(await place.run('100000000009', command)) })
}

function tell(run: Run): Run {
  console.log(JSON.stringify(run))
  return run
}

function boundsOf(runs: readonly Run[]): Bound[] {
  const find = (wanted: string) => runs.filter((run) => run.case === wanted)
  const share = (wanted: string) => {
    const clients = [...Map.groupBy(find(wanted), ({ client }) => client).values()]
    const [own, ...others] = clients.map((some) => median(some.map(({ seconds }) => seconds)))
    return (own ?? Number.NaN) / Math.min(...others)
  }
  const [first] = find('first')
  const [same] = find('no change, counted')
  return [
    ...(find('first').length > 1
      ? [
          bound('wall of the first deployment, as a share of the best peer', share('first'), 0.5),
          bound('wall without a change, as a share of the best peer', share('no change'), 0.25),
        ]
      : []),
    bound('calls a stack without a change', (same?.calls ?? Number.NaN) / keys.length, 4),
    bound('seconds from the last event to the end', first?.endSeconds ?? Number.NaN, 2),
  ]
}

function boundsOfPlans([half, whole]: readonly Run[]): Bound[] {
  if (!half || !whole) return []
  return [
    bound('seconds for the plan of 200 stacks', whole.seconds, 2),
    bound('MiB of memory for the plan of 200 stacks', whole.peakRssBytes / 2 ** 20, 200),
    bound('CPU of the plan of 200 stacks, in those of 100', whole.cpuSeconds / half.cpuSeconds, 2.2),
  ]
}
