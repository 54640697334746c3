import { messageOf } from '../../../lib/errors.ts'
import { isHeld, lasts, makeLock } from '../../../lib/service/lock.ts'
import { newPauseState } from '../../../lib/service/pause-state/state.ts'
import { updatePauseState } from '../../../lib/service/pause-state/states.ts'
import type { StackContext } from '../context.ts'
import type { ScalingBounds } from '../graph/paused-bounds.ts'
import { isLeftDown, keepBounds, type ServiceName } from '../plan/paused.ts'
import { waitForStacks } from './operation.ts'

/** Reads which services a deployment has to leave down, as `cluster/service`. */
export async function findLeftDown(
  services: readonly ServiceName[],
  { connections }: StackContext,
): Promise<Set<string>> {
  const { pauseStates, readDesired } = connections
  const down = new Set<string>()
  for (const { cluster, service } of services) {
    const state = await updatePauseState(pauseStates, { cluster, service }, () => undefined)
    if (state?.phase === 'running' || state === undefined) continue
    if (isLeftDown(state, await readDesired(cluster, service))) down.add(`${cluster}/${service}`)
  }
  return down
}

/**
 * Works on a stack while nobody pauses or resumes these services: waits until a pause or resume that is at work is
 * over, and keeps the next one waiting.
 */
export async function whileHeld<T>(
  services: readonly ServiceName[],
  context: StackContext,
  work: (context: StackContext) => Promise<T>,
): Promise<T> {
  const { mode } = context.inputs
  if (services.length === 0 || mode === 'preview' || mode === 'review') return await work(context)
  try {
    for (const service of services) await holdService(service, context)
    const beat = async () => {
      for (const service of services) await renewLock(service, context)
    }
    return await work({ ...context, beat })
  } finally {
    for (const service of services) await giveBack(service, context)
  }
}

const ownerOf = ({ runToken, runUrl }: StackContext) => ({
  ...{ id: runToken, operation: 'deploy' as const, runUrl },
})

async function holdService(service: ServiceName, context: StackContext): Promise<void> {
  const { connections, clock } = context
  const owner = ownerOf(context)
  let isTold = false
  await waitForStacks(
    { ...context, beat: undefined },
    `end of the pause or resume of ${service.service}`,
    async () => {
      const now = clock.now()
      const state = await updatePauseState(connections.pauseStates, service, (found) => {
        if (isHeld(found?.lock, owner, now) || lasts(found?.lock, owner, now)) return undefined
        // A service that is destroyed needs no state.
        if (found === undefined && context.inputs.mode === 'destroy') return undefined
        const state = found ?? newPauseState(service.cluster, service.service)
        return { ...state, lock: makeLock({ ...owner, at: new Date(now).toISOString() }, now) }
      })
      if (state === undefined || state.lock?.owner === owner.id) return true
      if (!isTold)
        context.log.info(`${service.service}: waits until the ${state?.lock?.operation} of it is over`)
      isTold = true
      return undefined
    },
  )
}

async function renewLock(service: ServiceName, context: StackContext): Promise<void> {
  const { connections, clock } = context
  const owner = ownerOf(context)
  const now = clock.now()
  await updatePauseState(connections.pauseStates, service, (state) => {
    const { lock } = state ?? {}
    if (!state || lock?.owner !== owner.id || lasts(lock, owner, now)) return undefined
    return { ...state, lock: makeLock({ ...owner, at: lock.at }, now) }
  })
}

async function giveBack(service: ServiceName, context: StackContext): Promise<void> {
  const { connections, log } = context
  const { id } = ownerOf(context)
  try {
    await updatePauseState(connections.pauseStates, service, (state) =>
      state?.lock?.owner === id ? { ...state, lock: undefined } : undefined,
    )
  } catch (error) {
    log.info(`${service.service}: its lock ends by itself: ${messageOf(error)}`)
  }
}

/** Hands the bounds of a deployment on to what a resume will restore, and verifies that paused services stayed down. */
export async function keepDown(
  services: readonly ServiceName[],
  down: ReadonlySet<string>,
  bounds: ScalingBounds | undefined,
  { connections, log }: StackContext,
): Promise<void> {
  const { pauseStates, readDesired } = connections
  for (const name of services) {
    if (bounds) await updatePauseState(pauseStates, name, (state) => keepBounds(state, bounds))
    if (!down.has(`${name.cluster}/${name.service}`)) continue
    const desired = (await readDesired(name.cluster, name.service)) ?? 0
    if (desired > 0)
      log.warning(
        `${name.service}: was paused, and is asked for ${desired} task(s) now; pause it again with pause-resume`,
      )
  }
}

/** Forgets services that are gone: whoever makes them anew begins without a pause. */
export async function forgetServices(
  services: readonly ServiceName[],
  { connections }: StackContext,
): Promise<void> {
  for (const { cluster, service } of services) await connections.forgetState(cluster, service)
}

/** Reads the services of a stack from its resources; the physical id of one is its ARN. */
export const servicesOf = (resources: readonly { type: string; physicalId: string }[]): ServiceName[] =>
  resources.flatMap(({ type, physicalId }) => {
    const [, cluster, service] = /:service\/([^/]+)\/([^/]+)$/.exec(physicalId) ?? []
    return type === 'AWS::ECS::Service' && cluster && service ? [{ cluster, service }] : []
  })
