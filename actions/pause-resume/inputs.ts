import { UserError } from '../../lib/errors.ts'
import type { RawInputs } from '../../lib/inputs.ts'
import { parseCluster, parseService } from '../../lib/service/ecs-name.ts'
import { inputTable } from './input-table.ts'

/** The inputs, parsed. */
export type Inputs = {
  operation: 'pause' | 'resume' | 'status'
  cluster: string
  /** Names of services; empty for all of the cluster. */
  services: string[]
  prefix: string
  /** Why, in the user's words. */
  reason: string | undefined
  wait: boolean
  timeoutSeconds: number
  readyUrl: string | undefined
  dryRun: boolean
}

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  const given = inputTable.read(inputs)
  const { operation, wait, 'ready-url': readyUrl } = given
  if (readyUrl !== undefined && operation !== 'resume') {
    throw new UserError(`ready-url: goes with operation resume, got ${operation}`)
  }
  if (readyUrl !== undefined && !wait) throw new UserError('ready-url: needs wait true, got wait false')
  const cluster = parseCluster(given.cluster, 'cluster')
  const services = given.services.map((name) => parseService(name, cluster, 'services'))
  return {
    operation,
    cluster,
    services: [...new Set(services)],
    prefix: given.prefix,
    reason: given.reason,
    wait,
    timeoutSeconds: given['timeout-minutes'] * 60,
    readyUrl,
    dryRun: given['dry-run'],
  }
}
