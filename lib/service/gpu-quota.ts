import { findInstanceSize } from './instance-type.ts'

/** A quota of EC2 for On-Demand instances, in vCPUs that run in a region; `families` begin its instance types. */
export type VcpuQuota = { code: string; name: string; families: readonly string[] }

/** The quota that counts instances of the families G and VT. */
export const gpuQuota: VcpuQuota = {
  code: 'L-DB2E81BA',
  name: 'Running On-Demand G and VT instances',
  families: ['g', 'vt'],
}

// Spot instances have quotas of their own: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
const quotas: readonly VcpuQuota[] = [
  gpuQuota,
  { code: 'L-417A185B', name: 'Running On-Demand P instances', families: ['p'] },
]

/** Finds the quota that counts the instances of a type with GPUs; `undefined` for other types. */
export function findGpuQuota(type: string): VcpuQuota | undefined {
  return quotas.find(({ families }) => families.some((family) => type.startsWith(family)))
}

/** An instance: its vCPUs as EC2 tells them, `undefined` where it does not. */
export type CountedInstance = { type: string; vcpus: number | undefined }

/** Counts the vCPUs of instances. */
export function countVcpus(instances: readonly CountedInstance[]): number {
  return instances.reduce((sum, { type, vcpus }) => sum + (vcpus ?? vcpusOf(type) ?? 0), 0)
}

const vcpusOf = (type: string) => {
  const size = findInstanceSize(type)
  return size && size.cpuUnits / 1024
}

/** What a group of instances may need, and what its quota has, all in vCPUs. */
export type GpuDemand = {
  type: string
  /** Instances that start with the group, and that it may have. */
  first: number
  most: number
  quota: VcpuQuota
  /** The quota as it is applied. */
  applied: number
  /** Those of running and pending instances; `undefined` where they are not known. */
  used: number | undefined
  /** What open requests ask for; they count for nothing until they are granted. */
  requested: readonly number[]
  region: string
}

/**
 * Says in a sentence where a quota is too small: `refused` if an instance would start at once and not even one can,
 * a `warning` if not all that the group may have can. `undefined` where it is large enough.
 */
export function judgeGpuDemand(demand: GpuDemand): { kind: 'refused' | 'warning'; text: string } | undefined {
  const { type, first, most, applied, used = 0 } = demand
  const each = vcpusOf(type)
  // Of a type that is not known, an instance needs a vCPU at least.
  const fitting = Math.max(0, Math.floor((applied - used) / (each ?? 1)))
  if (fitting === 0) {
    return { kind: first > 0 ? 'refused' : 'warning', text: `no ${type} can start: ${explain(demand, each)}` }
  }
  if (each === undefined || fitting >= most) return undefined
  const initial = fitting < first ? `, and ${first} would start at first` : ''
  return {
    kind: 'warning',
    text: `only ${fitting} of up to ${most} ${type} can start${initial}: ${explain(demand, each)}`,
  }
}

function explain({ quota, applied, used, requested, region }: GpuDemand, each: number | undefined): string {
  const need = each === undefined ? '' : `each needs ${each} vCPUs, and `
  const use = used === undefined ? '' : `, of which ${used} are used`
  const requests = requested.map((value) => `; a request for ${value} is open`).join('')
  const url = `https://console.aws.amazon.com/servicequotas/home/services/ec2/quotas/${quota.code}?region=${region}`
  return `${need}the quota "${quota.name}" (${quota.code}) of ${region} is ${applied} vCPUs${use}; ask for more at ${url}${requests}`
}
