import type { ChangeSetRequest } from '../../../lib/aws/change-set.ts'
import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import { isDenied } from '../../../lib/aws/errors.ts'
import type { StackContext } from '../context.ts'
import { namedTypes } from '../graph/named-type.ts'
import { writeTexts } from '../graph/write-texts.ts'
import { ownTags } from '../plan/adoption.ts'
import { type Lookup, resolveParameters } from '../plan/parameter.ts'
import type { StackStep } from '../plan/plan.ts'
import { followsFromText } from '../plan/unchanged.ts'
import { deleteAbandonedChangeSets } from './abandoned-change-sets.ts'
import { placeArtifacts, placeTemplate } from './artifacts.ts'
import type { Asset } from './asset.ts'
import { packAsset } from './asset.ts'

/** What a change set is made from; its type follows from the stack. A stack that is surely unchanged needs none. */
export type StackRequest = Omit<ChangeSetRequest, 'type'> & { unchanged?: Stack | undefined }

/** Makes the request for a stack as it stands; `name` is that of the change set. */
export type MakeRequest = (stack: Stack | undefined, name: string) => Promise<StackRequest>

/** Packs the assets of a step, and returns what makes its requests. */
export async function prepareRequests(
  step: StackStep,
  answers: Pick<Lookup, 'outputsOf' | 'isPaused'>,
  context: StackContext,
): Promise<MakeRequest> {
  const assets = new Map<string, Asset>()
  for (const [name, folder] of step.assets) assets.set(name, await packAsset(folder, context.signal))
  return async (stack, name) => {
    const request = await makeRequest(step, stack, context, assets, answers)
    // A stack that surely stays as it is costs no call for them: they go with its next change, if not before.
    if (stack && !request.unchanged) await deleteAbandonedChangeSets(step.stackName, context)
    return { name, ...request }
  }
}

async function makeRequest(
  step: StackStep,
  stack: Stack | undefined,
  context: StackContext,
  assets: ReadonlyMap<string, Asset>,
  answers: Pick<Lookup, 'outputsOf' | 'isPaused'>,
): Promise<Omit<StackRequest, 'name'>> {
  const { account, region, toolkit } = context.connections
  // A preview uploads nothing: CloudFormation asks for the code of a function only when it makes it.
  if (context.inputs.mode !== 'preview')
    for (const { key, bytes } of assets.values()) await toolkit.ensure(key, bytes)
  const lookup: Lookup = {
    settings: { prefix: context.inputs.prefix, account, region, toolkitBucket: toolkit.bucket },
    ...answers,
    assetKey: (asset) => assets.get(asset)?.key ?? '',
  }
  const living = stack && !failedCreationStatuses.includes(stack.status) ? stack : undefined
  const text = await writeTemplate(step, context)
  const parameters = await resolveParameters(step, living, lookup)
  const tags = tagsOf(step, living, context)
  const isSame = (seen: Stack) => followsFromText(step, { parameters, tags }, seen)
  const deployed = living && isSame(living) ? await findWithText(living, text, context) : undefined
  const unchanged = deployed && isSame(deployed) ? deployed : undefined
  return {
    stackName: step.stackName,
    template: unchanged ? { body: text } : await placeTemplate(text, context),
    parameters,
    tags,
    unchanged,
    capabilities: step.capabilities,
    importsExisting: step.adoptions.length > 0,
    // A preview works with the rights of its caller.
    settings: context.inputs.mode === 'preview' ? { ...step.settings, roleArn: undefined } : step.settings,
  }
}

/**
 * Returns a stack that has a text as its template, as it stands after that was read: another run may have brought the
 * text since it was seen, and not be done. Undefined where it has another, or where that may not be read.
 */
async function findWithText(
  stack: Stack,
  text: string,
  { cloudFormation, texts }: StackContext,
): Promise<Stack | undefined> {
  const read = texts.get(stack)
  if (read !== undefined) return read === text ? stack : undefined
  try {
    if ((await cloudFormation.readTemplate(stack.arn)) !== text) return undefined
  } catch (error) {
    if (isDenied(error)) return undefined
    throw error
  }
  return await cloudFormation.describe(stack.arn)
}

// CloudFormation imports by itself only what has its name in the template as it is, not as a function:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
async function writeTemplate({ template, adoptions }: StackStep, context: StackContext): Promise<string> {
  const names = adoptions.map(({ logicalId, type, name }) => {
    const property = namedTypes.get(type)?.property ?? []
    return { path: ['Resources', logicalId, 'Properties', ...property], value: name }
  })
  return writeTexts(template.body, template.path, [...names, ...(await placeArtifacts(template, context))])
}

/** Gives the tags of a stack: those that it has stay where none are given, as its parameters do. */
export function tagsOf(
  { key, settings }: Pick<StackStep, 'key' | 'settings'>,
  stack: Stack | undefined,
  { inputs }: StackContext,
) {
  const given = new Map([...settings.tags, ...inputs.tags])
  return new Map([...(given.size > 0 ? given : (stack?.tags ?? [])), ...ownTags(inputs.prefix, key)])
}
