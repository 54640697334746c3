import type { Archived } from '../../lib/image/archived-image.ts'
import { parseRepository } from '../../lib/oci/reference.ts'
import { keyOf } from '../../lib/registry/reuse.ts'
import type { PushResult } from './apply/apply-push.ts'
import { withAdvice } from './apply/registry-error-advice.ts'
import type { PushContext } from './context.ts'
import { nameDestination, parseDestination } from './destination.ts'
import type { Inputs } from './inputs.ts'
import type { BlobMemory, OpenBlobMemory } from './observe/blob-memory.ts'
import { type Connection, connect } from './observe/connect.ts'
import { emptyState, observe, type State } from './observe/state.ts'
import { type Plan, planPush, refuseMoves } from './plan.ts'
import { groupTags, type WantedTag } from './tags.ts'

/** A repository that an image is pushed to, and what is to be done there. */
export type PreparedPush = {
  /** With this repository as their destination. */
  inputs: Inputs
  connection: Connection
  tags: readonly string[]
  state: State
  /** In milliseconds since the epoch. */
  observedAt: number
  plan: Plan
  memory: BlobMemory
}

/** Looks at each repository that the tags name, and plans the push to it, before anything is sent to any. */
export async function preparePushes(
  archived: Archived,
  wanted: readonly WantedTag[],
  { inputs, context, openMemory }: { inputs: Inputs; context: PushContext; openMemory: OpenBlobMemory },
): Promise<PreparedPush[]> {
  const main = await withAdvice(inputs, () => connect(inputs, context))
  const pushes: PreparedPush[] = []
  for (const [uri, tags] of groupTags(wanted, main.uri)) {
    const own = uri === main.uri ? inputs : inputsFor(uri, inputs, main)
    const push = await withAdvice(own, async () => {
      const connection = uri === main.uri ? main : await connect(own, context)
      const { target } = connection
      const memory = openMemory(nameDestination(own.destination))
      const observedAt = context.clock.now()
      const state = target
        ? await observe(archived, target, tags, own, { log: context.log, memory })
        : emptyState
      const plan = planPush(archived, state, tags, own.compression)
      if (target) refuseMoves(plan, state, target)
      return { inputs: own, connection, tags, state, observedAt, plan, memory }
    })
    pushes.push(push)
  }
  return pushes
}

// The login is the one of the registry in `repository`, and so is what can be mounted.
function inputsFor(uri: string, inputs: Inputs, main: Connection): Inputs {
  const destination = parseDestination(uri, undefined)
  const isSibling = hostOf(uri) === hostOf(main.uri)
  return { ...inputs, destination, mountFrom: undefined, login: isSibling ? inputs.login : undefined }
}

const hostOf = (uri: string) => parseRepository(uri).host

/** A push that is done. */
export type EarlierPush = { uri: string; pushed: PushResult }

/** Plans a push once more when an earlier one is done: what that sent to the same registry is mounted. */
export function planMounts(push: PreparedPush, archived: Archived, earlier: readonly EarlierPush[]): Plan {
  const { connection, state, tags, inputs } = push
  const sibling = earlier.find(({ uri }) => hostOf(uri) === hostOf(connection.uri))
  if (!sibling) return push.plan
  const blobs = sibling.pushed.layers.map(
    ({ layer, blob }) => [keyOf(layer, blob.compression), blob] as const,
  )
  const mountable = { from: parseRepository(sibling.uri).repository, blobs: new Map(blobs) }
  return planPush(archived, { ...state, mountable }, tags, inputs.compression)
}
