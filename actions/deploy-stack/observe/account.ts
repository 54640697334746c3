import type { Certificate } from '../../../lib/aws/certificates.ts'
import { isDenied } from '../../../lib/aws/errors.ts'
import type { LogBucket } from '../../../lib/aws/log-bucket.ts'
import type { Subnet } from '../../../lib/aws/subnets.ts'
import { messageOf } from '../../../lib/errors.ts'
import { countVcpus, type VcpuQuota } from '../../../lib/service/gpu-quota.ts'
import type { StackContext } from '../context.ts'

/** What was seen of the account; what the role may not read is `undefined` or missing. */
export type AccountState = {
  region: string
  /** When it was looked at, in epoch milliseconds. */
  now: number
  /** Those that exist. */
  subnets: readonly Subnet[] | undefined
  /** By code; values in vCPUs. */
  quotas: ReadonlyMap<string, QuotaState>
  /** Digest to whether the image is in its repository. */
  images: ReadonlyMap<string, boolean>
  /** Instance type to the ids of the zones that offer it. */
  offers: ReadonlyMap<string, readonly string[]>
  /** By ARN. */
  certificates: ReadonlyMap<string, Certificate | 'missing'>
  logBuckets: ReadonlyMap<string, LogBucket | 'missing'>
  /** Log group to the number of its subscription filters. */
  subscriptions: ReadonlyMap<string, number | 'missing'>
  /** Export to the names of the stacks that import it. */
  imports: ReadonlyMap<string, readonly string[]>
}

/** A quota as it is applied, what of it is used, and what open requests ask for. */
type QuotaState = { applied: number; used: number | undefined; requested: readonly number[] }

/** What checks are about. */
type Wanted = {
  subnets: readonly { ids: readonly string[] }[]
  gpus: readonly { quota: VcpuQuota }[]
  images: readonly { repository: string; digest: string }[]
  offers: readonly { type: string; subnetIds: readonly string[] }[]
  certificates: readonly { arn: string }[]
  logs: readonly { kind: 'log-bucket' | 'subscribable'; name: string }[]
  exports: readonly { name: string }[]
}

/** Looks at what checks are about, each once. A call that is denied is a warning, which names the permission. */
export async function observeAccount(wanted: Wanted, context: StackContext): Promise<AccountState> {
  const { connections, cloudFormation } = context
  const { subnets, offers, certificates, logs, images, exports } = wanted
  const subnetIds = [...subnets.map(({ ids }) => ids), ...offers.map((offer) => offer.subnetIds)].flat()
  const repositories = new Map(images.map(({ digest, repository }) => [digest, repository]))
  const hasImage = async (digest: string) =>
    await connections.imageTags.exists(repositories.get(digest) ?? '', digest)
  const countFilters = async (group: string) =>
    (await connections.subscriptions.list(group))?.length ?? ('missing' as const)
  const arns = certificates.map(({ arn }) => arn)
  const types = offers.map(({ type }) => type)
  const logsOf = (wanted: string) => logs.flatMap(({ kind, name }) => (kind === wanted ? [name] : []))
  const exported = exports.map(({ name }) => name)
  return {
    region: connections.region,
    now: context.clock.now(),
    subnets: await observeSubnets([...new Set(subnetIds)], context),
    quotas: await observeQuotas(new Set(wanted.gpus.map(({ quota }) => quota)), context),
    images: await lookAtEach('image', [...repositories.keys()], hasImage, context),
    offers: await lookAtEach('instance type', types, connections.listOfferedZones, context),
    certificates: await lookAtEach('certificate', arns, connections.describeCertificate, context),
    logBuckets: await lookAtEach('bucket', logsOf('log-bucket'), connections.describeLogBucket, context),
    subscriptions: await lookAtEach('log group', logsOf('subscribable'), countFilters, context),
    imports: await lookAtEach('export', exported, cloudFormation.listImports, context),
  }
}

async function observeSubnets(ids: readonly string[], context: StackContext) {
  if (ids.length === 0) return []
  return await lookUnlessDenied('subnets', () => context.connections.describeSubnets(ids), context)
}

async function observeQuotas(quotas: ReadonlySet<VcpuQuota>, context: StackContext) {
  const found = new Map<string, QuotaState>()
  for (const quota of quotas) {
    const state = await observeQuota(quota, context)
    if (state) found.set(quota.code, state)
  }
  return found
}

async function lookAtEach<T>(
  what: string,
  keys: readonly string[],
  look: (key: string) => Promise<T>,
  context: StackContext,
): Promise<Map<string, T>> {
  const found = new Map<string, T>()
  for (const key of new Set(keys)) {
    const state = await lookUnlessDenied(`${what} ${key}`, () => look(key), context)
    if (state !== undefined) found.set(key, state)
  }
  return found
}

async function observeQuota(
  { code, families }: VcpuQuota,
  context: StackContext,
): Promise<QuotaState | undefined> {
  const { quotas, listInstances } = context.connections
  const what = `quota ${code}`
  const applied = await lookUnlessDenied(what, async () => await quotas.read(code), context)
  if (applied === undefined) return undefined
  const count = async () => countVcpus(await listInstances(families))
  const used = await lookUnlessDenied(`use of ${what}`, count, context)
  const list = async () => await quotas.listRequested(code)
  const requested = await lookUnlessDenied(`requests for ${what}`, list, context)
  return { applied, used, requested: requested ?? [] }
}

async function lookUnlessDenied<T>(
  what: string,
  look: () => Promise<T>,
  { log }: StackContext,
): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (!isDenied(error)) throw error
    log.warning(`${what}: not checked: ${messageOf(error)}`)
    return undefined
  }
}
