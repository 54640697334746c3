import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { mapConcurrently } from '../../lib/map-concurrently.ts'
import { makeArchive } from '../example-image/archive.ts'
import { makeTar } from '../example-image/tar.ts'
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
 * instance, so that none takes time to stop. At last a service with a task is resumed.
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
    const fromReady = await resumeUntilReady(place)
    return [...boundsOf(runs), bound('seconds from ready to the end of a resume', fromReady, 2)]
  })
  for (const each of bounds) console.log(JSON.stringify(each))
  return bounds.every(({ reached }) => reached)
}

const connect = ({ endpoint }: BenchPlace) =>
  new ECSClient({ region, endpoint, credentials: { accessKeyId: account, secretAccessKey: 'local' } })

async function makeServices(place: BenchPlace, count: number): Promise<void> {
  const ecs = connect(place)
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

/** Pauses and resumes a service with a task; gives the seconds from the first answer of its ready URL to the end. */
async function resumeUntilReady(place: BenchPlace): Promise<number> {
  const ecs = connect(place)
  const cluster = 'ready'
  const image = await pushImage(place)
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  const containerDefinitions = [{ name: 'app', image, memory: 64, entryPoint: ['sleep'], command: ['600'] }]
  const network = { networkMode: 'awsvpc' as const, requiresCompatibilities: ['FARGATE' as const] }
  const size = { cpu: '256', memory: '512' }
  await ecs.send(
    new RegisterTaskDefinitionCommand({ family: cluster, containerDefinitions, ...network, ...size }),
  )
  const settings = { cluster, serviceName: 's', taskDefinition: cluster, launchType: 'FARGATE' as const }
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-00000001'] } }
  await ecs.send(new CreateServiceCommand({ ...settings, networkConfiguration, desiredCount: 1 }))
  const inputs = { cluster, services: 's' }
  await place.run(account, actionCommand('pause-resume', { ...inputs, operation: 'pause' }, place.folder))
  const answered: number[] = []
  const server = createServer((_, response) => {
    answered.push(performance.now())
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const resume = { ...inputs, operation: 'resume', 'ready-url': `http://127.0.0.1:${port}/` }
  try {
    await place.run(account, actionCommand('pause-resume', resume, place.folder))
    return (performance.now() - (answered[0] ?? Number.NaN)) / 1000
  } finally {
    server.close()
  }
}

async function pushImage({ folder, run }: BenchPlace): Promise<string> {
  const layers = [makeTar([{ name: 'app/' }])]
  const image = { layers, references: ['app:latest'], architecture: 'amd64', settings: {} }
  const archive = join(folder, 'app.tar')
  writeFileSync(archive, makeArchive(image, 'oci'))
  const inputs = { archive, repository: 'app', 'create-repository': 'true' }
  await run(account, actionCommand('push-image', inputs, folder))
  return /^image-uri<<(.*)\n(.*)\n\1$/m.exec(readFileSync(join(folder, 'output'), 'utf8'))?.[2] ?? ''
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
