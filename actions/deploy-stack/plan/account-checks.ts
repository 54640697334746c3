import { findGpuQuota, type VcpuQuota } from '../../../lib/service/gpu-quota.ts'
import type { AccountRule } from '../graph/constraint.ts'
import type { Template } from '../graph/template.ts'
import { type Asked, listAsked, splitItems } from './asked.ts'
import { type CertificateCheck, listCertificates } from './certificate.ts'
import type { Check, Severities } from './check.ts'
import { type ExportCheck, listExportChecks } from './export.ts'
import { type ImageCheck, listImages } from './image.ts'
import type { Deployed, Place } from './known-values.ts'
import { type LogCheck, logCheckOf } from './log-destination.ts'
import { type OfferCheck, offerCheckOf } from './offer.ts'
import type { StackStep } from './plan.ts'

/** What one rule asks of the subnets that a parameter names; `where` is the parameter, such as `api.AlbSubnetIds`. */
export type SubnetCheck = { where: string; ids: readonly string[]; rule: SubnetRule; vpc: string | undefined }

type SubnetRule = Extract<AccountRule, { kind: 'subnets-of' | 'zones' | 'vpc-link-zones' }>

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

/** What is checked with the account. */
export type AccountChecks = {
  subnets: readonly SubnetCheck[]
  gpus: readonly GpuCheck[]
  images: readonly ImageCheck[]
  offers: readonly OfferCheck[]
  certificates: readonly CertificateCheck[]
  logs: readonly LogCheck[]
  exports: readonly ExportCheck[]
}

/** Lists what the templates of a graph ask of the account, for values that are known and not yet deployed. */
export function listAccountChecks(
  steps: readonly StackStep[],
  place: Place,
  deployed: Deployed,
  severities: Severities = new Map(),
  templates: ReadonlyMap<string, Template> = new Map(),
): AccountChecks {
  const asked = steps.flatMap((step) => listAsked(step, place, deployed))
  const unlessOff = <T>(name: Check, list: () => T[]) => (severities.get(name) === 'off' ? [] : list())
  return {
    subnets: unlessOff('subnets', () => asked.flatMap(subnetCheckOf)),
    gpus: unlessOff('gpu-quota', () => asked.flatMap(gpuCheckOf)),
    images: unlessOff('image', () => steps.flatMap((step) => listImages(step, place, deployed))),
    offers: unlessOff('instance-type', () => asked.flatMap(offerCheckOf)),
    certificates: unlessOff('certificate', () => listCertificates(steps, place, deployed, templates)),
    logs: unlessOff('log-destination', () => asked.flatMap((each) => logCheckOf(each, place))),
    exports: unlessOff('exports', () => listExportChecks(steps, place, deployed)),
  }
}

function subnetCheckOf({ where, parameter, rule, values, isNew }: Asked): SubnetCheck[] {
  if (rule.kind !== 'subnets-of' && rule.kind !== 'zones' && rule.kind !== 'vpc-link-zones') return []
  const ids = splitItems(values.get(parameter))
  if (ids.length === 0 || !isNew(parameter)) return []
  return [{ where, ids, rule, vpc: rule.kind === 'subnets-of' ? values.get(rule.other) : undefined }]
}

function gpuCheckOf({ where, parameter, rule, values, isNew, isDeployed }: Asked): GpuCheck[] {
  if (rule.kind !== 'gpu-quota') return []
  const [type, most] = [values.get(parameter), values.get(rule.most)]
  const quota = findGpuQuota(type ?? '')
  if (type === undefined || most === undefined || !quota) return []
  if (!isNew(parameter) && !isNew(rule.most)) return []
  const counts = { first: Number(values.get(rule.first) ?? 0), most: Number(most) }
  return [{ where, type, ...counts, quota, isDeployed }]
}
