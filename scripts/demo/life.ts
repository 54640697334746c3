import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { ActionRun } from '../action-process.ts'
import { root } from '../local-aws-process.ts'
import type { Place } from './place.ts'

/** One step of the service's life: what it is called, and what it does; it gives its result in a few words. */
export type Step = { title: string; run(place: Place, life: Life): Promise<string> }

/** What the steps hand on to each other. */
export type Life = { archive: string; imageUri: string; outputs: Record<string, Record<string, string>> }

const graph = { prefix: 'ddn' }

/** The steps of the demo, in the order of a service's life. */
export const steps: readonly Step[] = [
  { title: 'Build the example image', run: buildImage },
  { title: 'Deploy the storage stack', run: deployStorage },
  { title: 'Push the image', run: pushImage },
  { title: 'Push it again', run: pushAgain },
  { title: 'Deploy all stacks with its digest', run: deployAll },
  { title: 'Deploy again', run: deployAgain },
  { title: 'Denoise a picture through the service', run: denoise },
  { title: 'Preview a change', run: preview },
  { title: 'Pause the service', run: pause },
  { title: 'Look at it', run: status },
  { title: 'Resume it', run: resume },
  { title: 'Write two months of access logs', run: writeAccessLogs },
  { title: 'Bill a month', run: bill },
  { title: 'Destroy everything', run: destroy },
]

const result = (run: ActionRun) => run.outputs.result ?? 'no result'

async function buildImage(place: Place, life: Life): Promise<string> {
  await place.script('scripts/example-image.ts', ['--output', life.archive])
  return relative(root, life.archive)
}

async function deployStorage(place: Place, life: Life): Promise<string> {
  const run = await place.action('02-deploy-storage', 'deploy-stack', { ...graph, only: 'storage' })
  life.outputs = JSON.parse(run.outputs.outputs ?? '{}')
  return result(run)
}

async function push(name: string, place: Place, life: Life): Promise<ActionRun> {
  const repository = life.outputs.storage?.RepositoryName ?? 'deepdenoising-triton'
  return await place.action(name, 'push-image', { archive: life.archive, repository, tags: 'latest' })
}

async function pushImage(place: Place, life: Life): Promise<string> {
  const run = await push('03-push', place, life)
  life.imageUri = run.outputs['image-uri'] ?? ''
  return `${result(run)} ${run.outputs.digest?.slice(0, 19)}…, ${mebibytes(run.outputs['uploaded-bytes'])} sent`
}

async function pushAgain(place: Place, life: Life): Promise<string> {
  const run = await push('04-push-again', place, life)
  return `${result(run)}, ${mebibytes(run.outputs['uploaded-bytes'])} sent`
}

async function deployAll(place: Place, life: Life): Promise<string> {
  const run = await place.action('05-deploy', 'deploy-stack', {
    ...graph,
    parameters: `ImageUri=${life.imageUri}`,
  })
  life.outputs = { ...life.outputs, ...JSON.parse(run.outputs.outputs ?? '{}') }
  return `${result(run)}: ${Object.keys(life.outputs).join(', ')}`
}

async function deployAgain(place: Place, life: Life): Promise<string> {
  return result(
    await place.action('06-deploy-again', 'deploy-stack', {
      ...graph,
      parameters: `ImageUri=${life.imageUri}`,
    }),
  )
}

async function denoise(place: Place, life: Life): Promise<string> {
  const key = 'demo-key-of-alice'
  await putApiKey(place, key, 'alice')
  const loadBalancer = life.outputs['load-balancer']?.LoadBalancerName ?? 'ddn-alb'
  const output = join(root, 'out', '07-picture', 'denoised.png')
  const answer = await place.script('scripts/picture.ts', [
    ...['--api-url', life.outputs.api?.ApiUrl ?? ''],
    ...['--service-url', `${place.endpoint}/_alb/${loadBalancer}`],
    ...['--api-key', key, '--output', output],
    ...['--picture', 'example/picture/noisy.png', '--clean', 'example/picture/clean.png'],
  ])
  const { noisyPsnr, denoisedPsnr } = JSON.parse(answer)
  return `PSNR ${Number(noisyPsnr).toFixed(1)} dB before, ${Number(denoisedPsnr).toFixed(1)} dB after`
}

// An operator gives a user a key in this way: the parameter's name is the key's SHA-256, its value the user.
async function putApiKey(place: Place, key: string, user: string): Promise<void> {
  const ssm = new SSMClient({
    region: place.region,
    endpoint: place.endpoint,
    credentials: { accessKeyId: place.account, secretAccessKey: 'local' },
  })
  const hash = createHash('sha256').update(key).digest('hex')
  await ssm.send(
    new PutParameterCommand({ Name: `/ddn/api-keys/${hash}`, Value: user, Type: 'String', Overwrite: true }),
  )
  ssm.destroy()
}

async function preview(place: Place, life: Life): Promise<string> {
  const parameters = `ImageUri=${life.imageUri}\nservice.MaxTasks=6`
  const run = await place.action('08-preview', 'deploy-stack', { ...graph, mode: 'preview', parameters })
  return `${result(run)}: ${run.outputs.changes} to change`
}

const service = { cluster: 'ddn-ecs-cluster', services: 'ddn-ecs-service', prefix: 'ddn' }

async function pause(place: Place): Promise<string> {
  return result(await place.action('09-pause', 'pause-resume', { ...service, operation: 'pause' }))
}

async function status(place: Place): Promise<string> {
  const run = await place.action('10-status', 'pause-resume', { ...service, operation: 'status' })
  const [{ status = '', running = '' } = {}] = JSON.parse(run.outputs.state ?? '[]')
  return `${result(run)}: ${status}, ${running} tasks`
}

async function resume(place: Place, life: Life): Promise<string> {
  const loadBalancer = life.outputs['load-balancer']?.LoadBalancerName ?? 'ddn-alb'
  const ready = `${place.endpoint}/_alb/${loadBalancer}/ping`
  const inputs = { ...service, operation: 'resume', 'ready-url': ready }
  return result(await place.action('11-resume', 'pause-resume', inputs))
}

async function writeAccessLogs(place: Place, life: Life): Promise<string> {
  const bucket = life.outputs.storage?.LogBucketName ?? ''
  const output = await place.script('scripts/access-log.ts', ['--bucket', bucket])
  return output.trim().split('\n').at(-1) ?? ''
}

async function bill(place: Place, life: Life): Promise<string> {
  const run = await place.action('13-bill', 'billing-report', {
    mode: 'monthly',
    month: '2026-09',
    database: life.outputs.billing?.DatabaseName ?? '',
    table: life.outputs.billing?.TableName ?? '',
    workgroup: life.outputs.billing?.WorkgroupName ?? '',
    rates: 'example/rates.yml',
    'output-directory': join('out', '13-bill'),
  })
  const { currency } = JSON.parse(readFileSync(join(root, 'out', '13-bill', 'bill-2026-09.json'), 'utf8'))
  return `${result(run)}: ${run.outputs.requests} requests, total ${run.outputs.total} ${currency}`
}

async function destroy(place: Place): Promise<string> {
  const inputs = { ...graph, mode: 'destroy', confirm: 'ddn', 'delete-data': 'true' }
  return result(await place.action('14-destroy', 'deploy-stack', inputs))
}

const mebibytes = (bytes: string | undefined) => `${(Number(bytes ?? 0) / 1024 ** 2).toFixed(1)} MiB`
