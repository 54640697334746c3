import type { Outcome } from '../../lib/action.ts'
import type { EcrRepository } from '../../lib/aws/ecr.ts'
import { UserError } from '../../lib/errors.ts'
import type { Archive } from '../../lib/registry/archive.ts'
import { type ArchivedImage, type ArchivedIndex, readImage } from '../../lib/registry/image.ts'
import { openArchive } from '../../lib/registry/open-archive.ts'
import { applyPush } from './apply.ts'
import type { ConnectedContext, PushContext } from './context.ts'
import { chooseTags, type Inputs, readInputs } from './inputs.ts'
import { isReached, planPush } from './plan.ts'
import { renderPlan, reportPlanned, reportPush } from './report.ts'
import { describeState } from './state.ts'
import { openTarget } from './target.ts'

// Enough to meet the layers of the last releases, few enough to look at in a second.
const earlierImages = 10

/** Pushes the image of an archive: reads, compares with the repository, sends what is missing, moves the tags. */
export async function run(context: PushContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const isObject = inputs.archive.startsWith('s3://')
  const archive = await openArchive(isObject ? await context.openObject(inputs.archive) : inputs.archive)
  if (archive.sequential) {
    context.log.info(`${archive.name} is unpacked while it is read, layer by layer; a plain tar is faster`)
  }
  try {
    const image = await readImage(archive, inputs.image)
    return await push(image, archive, inputs, { ...context, ecr: context.connect() })
  } finally {
    await archive.close()
  }
}

async function push(
  image: ArchivedImage | ArchivedIndex,
  archive: Archive,
  inputs: Inputs,
  context: ConnectedContext,
): Promise<Outcome> {
  const { ecr, log } = context
  const existing = await ecr.describe(inputs.repository)
  if (!existing && !inputs.createRepository) {
    throw new UserError(
      `repository: "${inputs.repository}" does not exist; deploy the storage stack first, or set create-repository to true`,
    )
  }
  const tags = chooseTags(inputs.tags, existing?.uri ?? inputs.repository, image.references)
  const plan = existing
    ? planPush(image, await observe(context, existing, tags, image), tags)
    : planPush(image, { blobs: new Map(), hasConfig: false, tags: new Map() }, tags)
  for (const line of renderPlan(plan, existing === undefined)) log.info(line)
  if (inputs.dryRun) return reportPlanned(plan, existing?.uri)
  const target = existing ?? (await ecr.create(inputs.repository))
  const pushed = await applyPush(plan, image, archive, await openTarget(context, target), context)
  return reportPush({ unchanged: isReached(plan), pushed, uri: target.uri, tags })
}

async function observe(
  context: ConnectedContext,
  existing: EcrRepository,
  tags: string[],
  image: ArchivedImage | ArchivedIndex,
) {
  const earlier = await context.ecr.listNewest(existing.name, earlierImages)
  const state = await describeState(image, await openTarget(context, existing), tags, earlier)
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
