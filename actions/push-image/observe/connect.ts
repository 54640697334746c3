import type { Ecr } from '../../../lib/aws/ecr.ts'
import type { EcrRepository } from '../../../lib/aws/ecr-repository.ts'
import { isDenied } from '../../../lib/aws/errors.ts'
import { messageOf, UserError } from '../../../lib/errors.ts'
import { readTextFile } from '../../../lib/file.ts'
import type { PushContext } from '../context.ts'
import { refuseOtherRegion } from '../destination.ts'
import type { Creation, Inputs } from '../inputs.ts'
import { openEcrTarget, openRegistryTarget, type PushTarget } from './push-target.ts'

/** Where an image goes, and what can be done there. */
export type Connection = {
  /** Without a tag. */
  uri: string
  target: PushTarget | undefined
  /** Returns the repository, which it creates if necessary. */
  open(): Promise<PushTarget>
  /** ECR and the repository's name there; other registries scan nothing. */
  ecr: { calls: Ecr; name: string } | undefined
}

/** Connects to the repository; a missing one is a UserError, unless it may be created. */
export async function connect(inputs: Inputs, context: PushContext): Promise<Connection> {
  const { destination, creation } = inputs
  if (destination.kind === 'registry') {
    const target = openRegistryTarget(destination.reference, context, inputs)
    return { uri: target.uri, target, open: async () => target, ecr: undefined }
  }
  const { name, registryId } = destination
  refuseOtherRegion(destination, context.env)
  const calls = await context.connectEcr(registryId)
  const existing = await describeOrAssume(name, calls, context)
  const ecr = { calls, name }
  if (existing) {
    const target = await openEcrTarget(existing, calls, context, inputs)
    const complete = async () => {
      if (creation) await completeRepository(name, creation, calls, context)
      return target
    }
    return { uri: target.uri, target, open: complete, ecr }
  }
  if (!creation) {
    throw new UserError(
      `repository: "${name}" does not exist; deploy the storage stack first, or set create-repository to true`,
    )
  }
  const policy = readPolicy(creation)
  const uri = await uriOf(name, calls)
  const make = async () => {
    const made = await calls.create(name, { ...creation, lifecyclePolicy: policy })
    context.log.info(`created ${made.uri}`)
    return await openEcrTarget(made, calls, context, inputs)
  }
  return { uri, target: undefined, open: make, ecr }
}

// The policy that AWS documents for a push lets nobody describe repositories, and the push can do without.
async function describeOrAssume(
  name: string,
  calls: Ecr,
  { log }: PushContext,
): Promise<EcrRepository | undefined> {
  try {
    return await calls.describe(name)
  } catch (error) {
    if (!isDenied(error)) throw error
    log.warning(
      `repository: whether it exists, and which tags are immutable, is not known: ${messageOf(error)}`,
    )
    return { name, uri: await uriOf(name, calls), isImmutable: () => false }
  }
}

const uriOf = async (name: string, calls: Ecr) => `${new URL((await calls.authorize()).origin).host}/${name}`

// An earlier run may have been interrupted between the repository and its policy.
async function completeRepository(
  name: string,
  creation: Creation,
  calls: Ecr,
  { log }: PushContext,
): Promise<void> {
  const policy = readPolicy(creation)
  if (policy === undefined) return
  await calls.ensureLifecyclePolicy(name, policy).catch((error: unknown) => {
    // Who may push need not read policies.
    if (!(error instanceof UserError)) throw error
    log.warning(`lifecycle-policy: not checked: ${error.message}`)
  })
}

function readPolicy({ lifecyclePolicy: path }: Creation): string | undefined {
  if (path === undefined) return undefined
  const text = readTextFile(path)
  try {
    JSON.parse(text)
    return text
  } catch {
    throw new UserError(`lifecycle-policy: ${path}: expected JSON, got other text`)
  }
}
