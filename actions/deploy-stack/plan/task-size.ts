import { UserError } from '../../../lib/errors.ts'
import { findInstanceSize } from '../../../lib/service/instance-type.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

// The system and the agent take the rest: a task of 16 GiB never fits an instance of 16 GiB.
const usablePart = 0.95

/**
 * Verifies that a task fits an instance, where the parameters InstanceType and TaskMemoryMiB, TaskCpu and TaskGpus
 * say so: ECS would look for a place until the deployment times out. Throws UserError.
 */
export function verifyTaskSize(steps: readonly StackStep[], place: Place, deployed: Deployed): void {
  const stacks = steps.map((step) => ({ key: step.key, values: listKnownValues(step, place, deployed) }))
  const planned = stacks.map(({ values }) => values.get('InstanceType'))
  const before = [...deployed.values()].map(({ parameters }) => parameters.get('InstanceType'))
  const type = [...planned, ...before].find((value) => value !== undefined)
  const size = type === undefined ? undefined : findInstanceSize(type)
  if (!size) return
  const memory = Math.floor(size.memoryMiB * usablePart)
  const bounds = [
    ['TaskMemoryMiB', memory, `MiB, of ${size.memoryMiB} of a ${type}`],
    ['TaskCpu', size.cpuUnits, `CPU units of a ${type}`],
    ['TaskGpus', size.gpus, `GPU(s) of a ${type}`],
  ] as const
  for (const { key, values } of stacks) {
    for (const [name, most, unit] of bounds) {
      const value = values.get(name)
      if (value === undefined || Number(value) <= most) continue
      throw new UserError(`parameters: ${key}.${name}: expected at most the ${most} ${unit}, got ${value}`)
    }
  }
}
