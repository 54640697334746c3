import type { ActionContext, Outcome } from '../../lib/action.ts'
import type { Ecr, EcrRepository } from '../../lib/aws/ecr.ts'
import { UserError } from '../../lib/errors.ts'
import { openArchive } from '../../lib/registry/archive.ts'
import { readImage } from '../../lib/registry/image.ts'
import { openRepository, type RegistryRepository } from '../../lib/registry/registry.ts'
import { makeTransport } from '../../lib/registry/transport.ts'
import type { Clock } from '../../lib/wait.ts'
import { applyPush } from './apply.ts'
import { chooseTags, readInputs } from './inputs.ts'
import { isReached, planPush } from './plan.ts'
import { renderPlan, reportPlanned, reportPush } from './report.ts'
import { describeState } from './state.ts'

/** What the run needs besides the context of every action. */
export type PushContext = ActionContext & { ecr: Ecr; clock: Clock }

// Enough to meet the layers of the last releases, few enough to look at in a second.
const earlierImages = 10

/** Pushes the image of an archive: reads, compares with the repository, sends what is missing, moves the tags. */
export async function run(context: PushContext): Promise<Outcome> {
  const { ecr, log } = context
  const inputs = readInputs(context.inputs)
  const archive = await openArchive(inputs.archive)
  try {
    const image = await readImage(archive)
    const existing = await ecr.describe(inputs.repository)
    if (!existing && !inputs.createRepository) throw missing(inputs.repository)
    const tags = chooseTags(inputs.tags, existing?.uri ?? inputs.repository, image.references)
    const plan = existing
      ? planPush(image, await observe(context, existing, tags, image), tags)
      : planPush(image, { blobs: new Map(), hasConfig: false, tags: new Map() }, tags)
    for (const line of renderPlan(plan, existing === undefined)) log.info(line)
    if (inputs.dryRun) return reportPlanned(plan, existing?.uri)
    const target = existing ?? (await ecr.create(inputs.repository))
    const pushed = await applyPush(plan, image, archive, await connect(context, target), context)
    return reportPush({ unchanged: isReached(plan), pushed, uri: target.uri, tags })
  } finally {
    await archive.close()
  }
}

async function observe(
  context: PushContext,
  existing: EcrRepository,
  tags: string[],
  image: Parameters<typeof describeState>[0],
) {
  const earlier = await context.ecr.listNewest(existing.name, earlierImages)
  const state = await describeState(image, await connect(context, existing), tags, earlier)
  const taken = tags.filter((tag) => state.tags.has(tag))
  const plan = planPush(image, state, tags)
  const moved = taken.find((tag) => plan.tags.includes(tag))
  if (existing.immutableTags && moved) {
    throw new UserError(
      `tags: "${moved}" names another image in ${existing.name}, whose tags are immutable; choose another tag`,
    )
  }
  return state
}

async function connect(context: PushContext, { name }: EcrRepository): Promise<RegistryRepository> {
  const { origin, authorization, token } = await context.ecr.authorize()
  context.log.mask(token)
  context.log.mask(Buffer.from(token, 'base64').toString().replace(/^AWS:/, ''))
  return openRepository(
    makeTransport({ origin, authorization, clock: context.clock, signal: context.signal }),
    name,
  )
}

const missing = (name: string) =>
  new UserError(
    `repository: "${name}" does not exist; deploy the storage stack first, or set create-repository to true`,
  )
