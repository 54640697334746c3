import { UserError } from '../../lib/errors.ts'
import {
  boolean,
  integer,
  list,
  oneOf,
  optional,
  type RawInputs,
  refuseUnknown,
  required,
} from '../../lib/inputs.ts'
import { readPrefix } from '../../lib/service/prefix.ts'

/** What the user asks for. */
export type Inputs = {
  operation: 'pause' | 'resume' | 'status'
  cluster: string
  /** Names of services; empty for all of the cluster. */
  services: string[]
  prefix: string
  wait: boolean
  timeoutSeconds: number
  readyUrl: string | undefined
  dryRun: boolean
}

const known = [
  'operation',
  'cluster',
  'services',
  'prefix',
  'wait',
  'timeout-minutes',
  'ready-url',
  'dry-run',
]

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  refuseUnknown(inputs, known)
  const operation = oneOf(inputs, 'operation', ['pause', 'resume', 'status'])
  const wait = boolean(inputs, 'wait', true)
  const readyUrl = optional(inputs, 'ready-url')
  if (readyUrl !== undefined) verifyReadyUrl(readyUrl, operation, wait)
  return {
    operation,
    cluster: required(inputs, 'cluster'),
    services: list(inputs, 'services'),
    prefix: readPrefix(inputs),
    wait,
    timeoutSeconds: integer(inputs, 'timeout-minutes', { byDefault: 30, min: 1, max: 600 }) * 60,
    readyUrl,
    dryRun: boolean(inputs, 'dry-run', false),
  }
}

function verifyReadyUrl(url: string, operation: string, wait: boolean): void {
  if (operation !== 'resume') throw new UserError(`ready-url: goes with operation resume, got ${operation}`)
  if (!wait) throw new UserError('ready-url: needs wait true, got wait false')
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UserError(`ready-url: expected an http or https URL, got "${url}"`)
  }
}
