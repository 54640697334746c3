import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { dayAt } from '../../lib/service/calendar.ts'
import type { ActionRun } from '../action-process.ts'
import { root } from '../local-aws-process.ts'
import { type BilledMonth, type Call, countInferences, findDifference } from './own-calls.ts'
import type { Place } from './place.ts'

/** One step of the service's life: what it is called, and what it does; it gives its result in a few words. */
export type Step = { title: string; run(place: Place, life: Life): Promise<string> }

/** What the steps hand on to each other. */
export type Life = {
  archive: string
  imageUri: string
  outputs: Record<string, Record<string, string>>
  /** The calls that each user's check made, and when the first was made. */
  calls: Map<string, Call[]>
  firstCall: number
}

/** A life that has not begun, and the archive that it will push. */
export const newLife = (archive: string): Life => ({
  archive,
  imageUri: '',
  outputs: {},
  calls: new Map(),
  firstCall: 0,
})

const graph = { prefix: 'ddn' }
const timeZone = 'Asia/Seoul'
/** The two months of `scripts/access-log.ts`; a row of the first arrives when it is closed. */
const pastMonths = { closed: '2026-08', next: '2026-09', late: '2026-08-20', arrives: '2026-09-15' }

/** The steps of the demo, in the order of a service's life. */
export const steps: readonly Step[] = [
  { title: 'Build the example image', run: buildImage },
  { title: 'Deploy the storage stack', run: deployStorage },
  { title: 'Push the image', run: pushImage },
  { title: 'Push it again', run: pushAgain },
  { title: 'Deploy all stacks with its digest', run: deployAll },
  { title: 'Deploy again', run: deployAgain },
  { title: 'Denoise a picture as two users', run: denoise },
  { title: 'Bill these calls', run: billOwnCalls },
  { title: 'Preview a change', run: preview },
  { title: 'Pause the service', run: pause },
  { title: 'Look at it', run: status },
  { title: 'Resume it', run: resume },
  { title: 'Write sample rows of past months', run: writeAccessLogs },
  { title: 'Close a past month', run: close },
  { title: 'Bill the next one, with a late row', run: billNext },
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

// They also ask for the optional stacks.
const network = ['network.Egress=endpoints', 'endpoints.InterfaceEndpoints=true']
const monitoring = ['monitoring.AlarmEmail=ops@example.com', 'monitoring.MonthlyBudget=900']

async function deployAll(place: Place, life: Life): Promise<string> {
  const run = await place.action('05-deploy', 'deploy-stack', {
    ...graph,
    parameters: [`ImageUri=${life.imageUri}`, ...network, ...monitoring].join('\n'),
  })
  life.outputs = { ...life.outputs, ...JSON.parse(run.outputs.outputs ?? '{}') }
  return `${result(run)}: ${Object.keys(life.outputs).length} stacks`
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
  life.firstCall = Date.now()
  const addKey = async (user: string) => (await place.script('scripts/api-key.ts', ['add', user])).trim()
  const [alice, bob] = [await addKey('alice'), await addKey('bob')]
  const gains = await Promise.all([
    checkAs('alice', { 'api-key': alice, 'other-api-key': bob, inference: 'sync' }, place, life),
    checkAs('bob', { 'api-key': bob, inference: 'async', refusals: 'false' }, place, life),
  ])
  return `${gains.join('; ')}, answered by 202`
}

async function checkAs(
  user: string,
  inputs: Record<string, string>,
  place: Place,
  life: Life,
): Promise<string> {
  const run = await place.action(`07-picture-${user}`, 'check-service', {
    url: life.outputs.api?.ApiUrl ?? '',
    picture: 'example/picture/noisy.png',
    clean: 'example/picture/clean.png',
    'output-directory': join('out', `07-picture-${user}`),
    ...inputs,
  })
  const { calls, pictures }: Checked = JSON.parse(readFileSync(run.outputs.report ?? '', 'utf8'))
  // What goes to S3 is no call of the API.
  life.calls.set(
    user,
    calls.filter(({ route }) => /^\S+ \//.test(route)),
  )
  const { before = 0, after = 0 } = pictures[0]?.psnr ?? {}
  return `${user} ${before.toFixed(1)} → ${after.toFixed(1)} dB`
}

type Checked = { calls: Call[]; pictures: { psnr?: { before: number; after: number } }[] }

/** Drafts this month from the calls of the demo alone; throws where the bill has others, or lacks one. */
async function billOwnCalls(place: Place, life: Life): Promise<string> {
  await place.control('firehose-delivery', { deliveryStream: life.outputs.billing?.DeliveryStreamName })
  // A demo at midnight may call in two months.
  const months = new Set([life.firstCall, Date.now()].map((at) => dayAt(at, timeZone).slice(0, 7)))
  const bills: BilledMonth[] = []
  for (const month of months)
    bills.push((await billMonth('08-draft', month, place, life, { draft: 'true' })).bill)
  const difference = findDifference(life.calls, bills)
  if (difference) throw new Error(`the bill is not that of the demo's own calls: ${difference}`)
  const users = [...life.calls.keys()].sort().map((user) => {
    return `${user} ${countInferences(life.calls.get(user) ?? [])}`
  })
  return `draft: ${users.join(', ')} requests, as made`
}

async function preview(place: Place, life: Life): Promise<string> {
  const parameters = `ImageUri=${life.imageUri}\nservice.MaxTasks=6`
  const run = await place.action('09-preview', 'deploy-stack', { ...graph, mode: 'preview', parameters })
  // What the workflow `preview` comments; a dry run needs no GitHub.
  await place.action('09-comment', 'notify', {
    ...{ to: 'comment', title: 'What this pull request would change', token: 'none', 'dry-run': 'true' },
    report: run.outputs.report ?? '',
  })
  return `${result(run)}: ${run.outputs.changes} to change`
}

const service = { cluster: 'ddn-ecs-cluster', services: 'ddn-ecs-service', prefix: 'ddn' }

async function pause(place: Place): Promise<string> {
  return result(await place.action('10-pause', 'pause-resume', { ...service, operation: 'pause' }))
}

async function status(place: Place): Promise<string> {
  const run = await place.action('11-status', 'pause-resume', { ...service, operation: 'status' })
  const [{ status = '', running = '' } = {}] = JSON.parse(run.outputs.state ?? '[]')
  return `${result(run)}: ${status}, ${running} tasks`
}

async function resume(place: Place, life: Life): Promise<string> {
  const inputs = { ...service, operation: 'resume', 'ready-url': life.outputs.api?.ServicePingUrl ?? '' }
  return result(await place.action('12-resume', 'pause-resume', inputs))
}

async function writeAccessLogs(place: Place, life: Life): Promise<string> {
  const bucket = life.outputs.storage?.LogBucketName ?? ''
  const output = await place.script('scripts/access-log.ts', ['--bucket', bucket])
  return output.trim().split('\n').at(-1) ?? ''
}

async function close(place: Place, life: Life): Promise<string> {
  const { run, bill } = await billMonth('14-close', pastMonths.closed, place, life, { mode: 'close' })
  return `${result(run)}: ${run.outputs.requests} requests, total ${run.outputs.total} ${bill.currency}`
}

async function billNext(place: Place, life: Life): Promise<string> {
  const { late, arrives, next } = pastMonths
  const bucket = life.outputs.storage?.LogBucketName ?? ''
  await place.script('scripts/access-log.ts', ['--bucket', bucket, '--late', late, '--arrives', arrives])
  const { run, bill } = await billMonth('15-bill', next, place, life, {})
  const lines = readFileSync(join(root, 'out', '15-bill', `bill-${next}.csv`), 'utf8').split('\n')
  const adjustments = lines.filter((line) => line.includes(`,adjustment,${pastMonths.closed},`))
  if (adjustments.length !== 1) throw new Error(`expected one adjustment, got ${adjustments.length}`)
  return `${result(run)}: total ${run.outputs.total} ${bill.currency}, ${adjustments[0]?.split(',').at(-1)} of it for ${late}`
}

async function billMonth(
  name: string,
  month: string,
  place: Place,
  life: Life,
  inputs: Record<string, string>,
) {
  const folder = join('out', name)
  const run = await place.action(name, 'billing-report', {
    ...inputs,
    month,
    timezone: timeZone,
    database: life.outputs.billing?.DatabaseName ?? '',
    table: life.outputs.billing?.TableName ?? '',
    workgroup: life.outputs.billing?.WorkgroupName ?? '',
    rates: 'example/rates.yml',
    'output-directory': folder,
  })
  const { files }: { files: readonly string[] } = JSON.parse(readFileSync(run.outputs.report ?? '', 'utf8'))
  const path = files.find((file) => /bill-[^/]*\.json$/.test(file)) ?? ''
  const text = readFileSync(join(root, path), 'utf8')
  const bill: BilledMonth & { currency: string } = JSON.parse(text)
  return { run, bill }
}

async function destroy(place: Place): Promise<string> {
  const inputs = { ...graph, mode: 'destroy', confirm: 'ddn', 'delete-data': 'true' }
  return result(await place.action('16-destroy', 'deploy-stack', inputs))
}

const mebibytes = (bytes: string | undefined) => `${(Number(bytes ?? 0) / 1024 ** 2).toFixed(1)} MiB`
