/** What an instance type offers to tasks: CPU units, nominal memory in MiB, GPUs. */
export type InstanceSize = { cpuUnits: number; memoryMiB: number; gpus: number }

// By size: vCPUs, GiB, GPUs. https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
type Sizes = Readonly<Record<string, readonly [number, number, number]>>

const g5: Sizes = {
  xlarge: [4, 16, 1],
  '2xlarge': [8, 32, 1],
  '4xlarge': [16, 64, 1],
  '8xlarge': [32, 128, 1],
  '12xlarge': [48, 192, 4],
  '16xlarge': [64, 256, 1],
  '24xlarge': [96, 384, 4],
  '48xlarge': [192, 768, 8],
}

const families: Readonly<Record<string, Sizes>> = {
  g4dn: {
    xlarge: [4, 16, 1],
    '2xlarge': [8, 32, 1],
    '4xlarge': [16, 64, 1],
    '8xlarge': [32, 128, 1],
    '12xlarge': [48, 192, 4],
    '16xlarge': [64, 256, 1],
    metal: [96, 384, 8],
  },
  g5,
  g6: g5,
  p3: { '2xlarge': [8, 61, 1], '8xlarge': [32, 244, 4], '16xlarge': [64, 488, 8] },
}

/** Finds the size of an instance type with GPUs; `undefined` for a type that is not listed here. */
export function findInstanceSize(type: string): InstanceSize | undefined {
  const [family = '', size = ''] = type.split('.')
  const found = families[family]?.[size]
  if (!found) return undefined
  const [vcpus, gib, gpus] = found
  return { cpuUnits: vcpus * 1024, memoryMiB: gib * 1024, gpus }
}
