import { UserError } from '../../lib/errors.ts'
import type { RawInputs } from '../../lib/inputs.ts'
import { listArns, parseCluster, parseService } from '../../lib/service/ecs-name.ts'
import { inputTable } from './input-table.ts'

type Operation = 'pause' | 'resume' | 'status' | 'auto' | 'keep-awake'

/** How services are chosen. */
export type Selection =
  | { kind: 'all' }
  | { kind: 'names'; names: readonly string[] }
  | { kind: 'stack'; stack: string }
  | { kind: 'tags'; tags: ReadonlyMap<string, string> }

/** The inputs, parsed. */
export type Inputs = {
  operation: Operation
  clusters: readonly string[]
  /** ARNs among the names that were given, for the account and region that they name. */
  arns: readonly string[]
  selection: Selection
  /** Path of the calendar. */
  calendar: string | undefined
  timeZone: string | undefined
  /** As given: the calendar's zone may be needed to read it. */
  keepAwakeUntil: string | undefined
  /** Why, in the user's words. */
  reason: string | undefined
  idleMinutes: number | undefined
  onConflict: 'respect' | 'restore' | 'fail'
  deploymentSeconds: number
  /** USD an hour. */
  instancePrice: number | undefined
  prefix: string
  wait: boolean
  timeoutSeconds: number
  readyUrl: string | undefined
  dryRun: boolean
}

type Given = ReturnType<typeof inputTable.read>

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  const given = inputTable.read(inputs)
  verifyOperation(given)
  verifyKeepAwake(given)
  const clusters = [...new Set(given.cluster.map((cluster) => parseCluster(cluster, 'cluster')))]
  const price = given['instance-price']
  return {
    operation: given.operation,
    clusters,
    arns: listArns([...given.cluster, ...given.services]),
    selection: readSelection(given, clusters),
    calendar: given.calendar,
    timeZone: given.timezone,
    keepAwakeUntil: given['keep-awake-until'],
    reason: given.reason,
    idleMinutes: given['idle-minutes'],
    onConflict: given['on-conflict'],
    deploymentSeconds: given['wait-for-deployment'] * 60,
    instancePrice: price === undefined ? undefined : Number(price),
    prefix: given.prefix,
    wait: given.wait,
    timeoutSeconds: given['timeout-minutes'] * 60,
    readyUrl: given['ready-url'],
    dryRun: given['dry-run'],
  }
}

function verifyOperation(given: Given): void {
  const { operation, wait, calendar } = given
  const goesWith = (
    name: 'ready-url' | 'idle-minutes' | 'keep-awake-until',
    operations: readonly string[],
  ) => {
    if (given[name] === undefined || operations.includes(operation)) return
    throw new UserError(`${name}: goes with operation ${operations.join(' or ')}, got ${operation}`)
  }
  goesWith('ready-url', ['resume', 'auto'])
  goesWith('idle-minutes', ['pause', 'auto'])
  goesWith('keep-awake-until', ['keep-awake', 'resume'])
  if (given['ready-url'] !== undefined && !wait)
    throw new UserError('ready-url: needs wait true, got wait false')
  if (operation === 'auto' && calendar === undefined)
    throw new UserError('calendar: expected the path of a calendar for operation auto, got none')
}

function verifyKeepAwake({ operation, reason, 'keep-awake-until': until }: Given): void {
  if (operation === 'keep-awake' && until === undefined)
    throw new UserError('keep-awake-until: expected a time such as 2026-12-24 08:00, got none')
  if (until !== undefined && reason === undefined)
    throw new UserError('reason: expected why the services are kept awake, got none')
}

function readSelection({ services, stack, tags }: Given, clusters: readonly string[]): Selection {
  const given = [
    ...(services.length > 0 ? ['services'] : []),
    ...(stack === undefined ? [] : ['stack']),
    ...(tags.size > 0 ? ['tags'] : []),
  ]
  if (given.length > 1) throw new UserError(`${given[1]}: expected it without ${given[0]}, got both`)
  if (stack !== undefined) return { kind: 'stack', stack }
  if (tags.size > 0) return { kind: 'tags', tags }
  if (services.length === 0) {
    // A variable that is empty must not mean the whole cluster.
    throw new UserError('services: expected names of services, or all, got none')
  }
  if (!services.includes('all')) return { kind: 'names', names: readNames(services, clusters) }
  if (services.length > 1) throw new UserError('services: expected all alone, got other names beside it')
  return { kind: 'all' }
}

function readNames(services: readonly string[], [cluster = '', ...others]: readonly string[]): string[] {
  const names = services.map((name) => {
    if (others.length > 0 && name.startsWith('arn:'))
      throw new UserError('services: expected names where there are several clusters, got an ARN')
    return parseService(name, cluster, 'services')
  })
  return [...new Set(names)]
}
