import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { mapConcurrently } from '../../lib/map-concurrently.ts'
import {
  actionCommand,
  type BenchPlace,
  type Bound,
  bound,
  type Cost,
  inBenchPlace,
  region,
} from './measured.ts'

type Run = Cost & { case: string; services: number }

const account = '100000000001'

/**
 * Pauses 1, 10 and 100 services, and again when they are paused; then one that is named of 120. Their tasks find no
 * instance, so that none takes time to stop.
 */
export async function benchPause(): Promise<boolean> {
  const bounds = await inBenchPlace(async (place) => {
    const runs: Run[] = []
    for (const count of [1, 10, 100]) {
      await makeServices(place, count)
      for (const name of ['pause', 'no-op']) runs.push(await pause(place, name, count, 'all'))
    }
    await makeServices(place, 120)
    for (const name of ['pause one', 'no-op of one']) runs.push(await pause(place, name, 120, 's-7'))
    return boundsOf(runs)
  })
  for (const each of bounds) console.log(JSON.stringify(each))
  return bounds.every(({ reached }) => reached)
}

async function makeServices({ endpoint }: BenchPlace, count: number): Promise<void> {
  const credentials = { accessKeyId: account, secretAccessKey: 'local' }
  const ecs = new ECSClient({ region, endpoint, credentials })
  const cluster = `c-${count}`
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  const containerDefinitions = [{ name: 'app', image: 'none', memory: 64 }]
  await ecs.send(new RegisterTaskDefinitionCommand({ family: cluster, containerDefinitions }))
  const names = Array.from({ length: count }, (_, at) => `s-${at}`)
  await mapConcurrently(names, { concurrency: 8 }, async (serviceName) => {
    const settings = { cluster, serviceName, taskDefinition: cluster, launchType: 'EC2' as const }
    await ecs.send(new CreateServiceCommand({ ...settings, desiredCount: 1 }))
  })
}

async function pause(place: BenchPlace, name: string, count: number, services: string): Promise<Run> {
  const command = actionCommand(
    'pause-resume',
    // Without instances, no deployment of a service ends.
    { operation: 'pause', cluster: `c-${count}`, services, 'wait-for-deployment': '0' },
    place.folder,
  )
  const run = { case: name, services: count, ...(await place.run(account, command)) }
  console.log(JSON.stringify(run))
  return run
}

function boundsOf(runs: readonly Run[]): Bound[] {
  const of = (name: string, services: number) => {
    const found = runs.find((run) => run.case === name && run.services === services)
    return found ?? { seconds: Number.NaN, calls: Number.NaN }
  }
  const again = of('no-op', 100)
  return [
    bound('seconds of a no-op of 100 services', again.seconds, 5),
    bound('calls a service of a no-op of 100', again.calls / 100, 3),
    bound('wall of 100 services, in those of 10', of('pause', 100).seconds / of('pause', 10).seconds, 11),
    bound(
      'calls for one of 120 services, in those for one of one',
      of('no-op of one', 120).calls / of('no-op', 1).calls,
      1,
    ),
  ]
}
