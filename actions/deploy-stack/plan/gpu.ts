import { UserError } from '../../../lib/errors.ts'
import { judgeGpuDemand } from '../../../lib/service/gpu-quota.ts'
import type { AccountState } from '../observe/account.ts'
import type { GpuCheck } from './account-checks.ts'

/** Verifies that the quotas that are known let instances start, and returns warnings where not all can. Throws UserError. */
export function judgeGpus(checks: readonly GpuCheck[], { quotas, region }: AccountState): string[] {
  return checks.flatMap(({ where, isDeployed, ...check }) => {
    const state = quotas.get(check.quota.code)
    if (!state) return []
    const { applied, requested } = state
    // Among those that run are a deployed group's own, which the new ones replace.
    const used = isDeployed ? undefined : state.used
    const judgement = judgeGpuDemand({ ...check, applied, used, requested, region })
    const text = `parameters: ${where}: ${judgement?.text}`
    if (judgement?.kind === 'refused') throw new UserError(text)
    return judgement ? [text] : []
  })
}
