import { findGpuQuota, type VcpuQuota } from '../../../lib/service/gpu-quota.ts'
import type { AccountRule, Constraint } from '../graph/constraint.ts'
import type { Severities } from './check.ts'
import { type ImageCheck, listImages } from './image.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** What one rule asks of the subnets that a parameter names; `where` is the parameter, such as `api.AlbSubnetIds`. */
export type SubnetCheck = { where: string; ids: readonly string[]; rule: SubnetRule; vpc: string | undefined }

type SubnetRule = Exclude<AccountRule, { kind: 'gpu-quota' }>

/** The instances that a stack may start. */
export type GpuCheck = {
  /** The parameter with the type. */
  where: string
  type: string
  first: number
  most: number
  quota: VcpuQuota
  /** Its own instances are among those that run. */
  isDeployed: boolean
}

/** What is checked with the account, and the subnets and quotas that are looked at for it. */
export type AccountChecks = {
  subnets: readonly SubnetCheck[]
  gpus: readonly GpuCheck[]
  subnetIds: readonly string[]
  quotas: readonly VcpuQuota[]
  images: readonly ImageCheck[]
}

/** Lists what the templates ask of the account, for values that are known and not yet deployed. */
export function listAccountChecks(
  steps: readonly StackStep[],
  place: Place,
  deployed: Deployed,
  severities: Severities = new Map(),
): AccountChecks {
  const isOn = (name: string) => severities.get(name) !== 'off'
  const found = steps.map(({ key, template, ...step }) => {
    const values = listKnownValues({ key, template, ...step }, place, deployed)
    const before = deployed.get(key)?.parameters
    const isNew = (name: string) => values.get(name) !== before?.get(name)
    return {
      subnets: template.constraints.flatMap((each) => subnetCheckOf(key, each, values, isNew)),
      gpus: template.constraints.flatMap((each) =>
        gpuCheckOf(key, each, values, isNew, before !== undefined),
      ),
    }
  })
  const subnets = isOn('subnets') ? found.flatMap((each) => each.subnets) : []
  const gpus = isOn('gpu-quota') ? found.flatMap((each) => each.gpus) : []
  const images = isOn('image') ? steps.flatMap((step) => listImages(step, place, deployed)) : []
  const subnetIds = [...new Set(subnets.flatMap(({ ids }) => ids))]
  return { subnets, gpus, images, subnetIds, quotas: [...new Set(gpus.map(({ quota }) => quota))] }
}

function subnetCheckOf(
  key: string,
  { parameter, rule }: Constraint,
  values: ReadonlyMap<string, string>,
  isNew: (name: string) => boolean,
): SubnetCheck[] {
  if (rule.kind !== 'subnets-of' && rule.kind !== 'zones' && rule.kind !== 'vpc-link-zones') return []
  const value = values.get(parameter)
  if (!value || !isNew(parameter)) return []
  const ids = [...new Set(value.split(',').map((id) => id.trim()))]
  const vpc = rule.kind === 'subnets-of' ? values.get(rule.other) : undefined
  return [{ where: `${key}.${parameter}`, ids, rule, vpc }]
}

function gpuCheckOf(
  key: string,
  { parameter, rule }: Constraint,
  values: ReadonlyMap<string, string>,
  isNew: (name: string) => boolean,
  isDeployed: boolean,
): GpuCheck[] {
  if (rule.kind !== 'gpu-quota') return []
  const [type, most] = [values.get(parameter), values.get(rule.most)]
  const quota = findGpuQuota(type ?? '')
  if (type === undefined || most === undefined || !quota) return []
  if (!isNew(parameter) && !isNew(rule.most)) return []
  const counts = { first: Number(values.get(rule.first) ?? 0), most: Number(most) }
  return [{ where: `${key}.${parameter}`, type, ...counts, quota, isDeployed }]
}
