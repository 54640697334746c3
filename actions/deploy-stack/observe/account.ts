import { isDenied } from '../../../lib/aws/errors.ts'
import type { Subnet } from '../../../lib/aws/subnets.ts'
import { messageOf } from '../../../lib/errors.ts'
import { countVcpus, type VcpuQuota } from '../../../lib/service/gpu-quota.ts'
import type { StackContext } from '../context.ts'

/** What was seen of the account; what the role may not read is `undefined` or missing. */
export type AccountState = {
  region: string
  /** Those that exist. */
  subnets: readonly Subnet[] | undefined
  /** By code; values in vCPUs. */
  quotas: ReadonlyMap<string, QuotaState>
  /** Digest to whether the image is in its repository. */
  images: ReadonlyMap<string, boolean>
}

/** A quota as it is applied, what of it is used, and what open requests ask for. */
type QuotaState = { applied: number; used: number | undefined; requested: readonly number[] }

/** Looks at subnets and quotas. A call that is denied is a warning, which names the permission. */
export async function observeAccount(
  wanted: {
    subnetIds: readonly string[]
    quotas: readonly VcpuQuota[]
    images: readonly { repository: string; digest: string }[]
  },
  context: StackContext,
): Promise<AccountState> {
  const { describeSubnets, imageTags, region } = context.connections
  const { subnetIds } = wanted
  const subnets =
    subnetIds.length === 0
      ? []
      : await lookUnlessDenied('subnets', async () => await describeSubnets(subnetIds), context)
  const quotas = new Map<string, QuotaState>()
  for (const quota of wanted.quotas) {
    const state = await observeQuota(quota, context)
    if (state) quotas.set(quota.code, state)
  }
  const images = new Map<string, boolean>()
  for (const { repository, digest } of wanted.images) {
    const look = async () => await imageTags.exists(repository, digest)
    const exists = await lookUnlessDenied(`image ${digest}`, look, context)
    if (exists !== undefined) images.set(digest, exists)
  }
  return { region, subnets, quotas, images }
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
