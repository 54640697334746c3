import { createHash } from 'node:crypto'
import type { ChangeSetRequest } from '../../../lib/aws/change-set.ts'
import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import { partitionOf } from '../../../lib/aws/partition.ts'
import type { StackContext } from '../context.ts'
import { namedTypes } from '../graph/named-type.ts'
import { writeTexts } from '../graph/write-texts.ts'
import { ownTags } from '../plan/adoption.ts'
import { type Lookup, resolveParameters } from '../plan/parameter.ts'
import type { StackStep } from '../plan/plan.ts'
import { inlineBytes } from '../plan/template-size.ts'
import { deleteAbandonedChangeSets } from './abandoned-change-sets.ts'
import type { Asset } from './asset.ts'
import { packAsset } from './asset.ts'

/** What a change set is made from; its type follows from the stack. */
export type StackRequest = Omit<ChangeSetRequest, 'type'>

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
    const request = { name, ...(await makeRequest(step, stack, context, assets, answers)) }
    if (stack) await deleteAbandonedChangeSets(step.stackName, context)
    return request
  }
}

async function makeRequest(
  step: StackStep,
  stack: Stack | undefined,
  context: StackContext,
  assets: ReadonlyMap<string, Asset>,
  answers: Pick<Lookup, 'outputsOf' | 'isPaused'>,
): Promise<Omit<ChangeSetRequest, 'type' | 'name'>> {
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
  return {
    stackName: step.stackName,
    template: await placeTemplate(nameAdopted(step), context),
    parameters: await resolveParameters(step, living, lookup),
    tags: tagsOf(step, living, context),
    importsExisting: step.adoptions.length > 0,
    // A preview works with the rights of its caller.
    settings: context.inputs.mode === 'preview' ? { ...step.settings, roleArn: undefined } : step.settings,
  }
}

// CloudFormation imports by itself only what has its name in the template as it is, not as a function:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
function nameAdopted({ template, adoptions }: StackStep): string {
  if (adoptions.length === 0) return template.body
  const names = adoptions.map(({ logicalId, type, name }) => {
    const property = namedTypes.get(type)?.property ?? []
    return { path: ['Resources', logicalId, 'Properties', ...property], value: name }
  })
  return writeTexts(template.body, template.path, names)
}

// Those of a stack stay where none are given, as its parameters do.
function tagsOf({ key, settings }: StackStep, stack: Stack | undefined, { inputs }: StackContext) {
  const given = new Map([...settings.tags, ...inputs.tags])
  return new Map([...(given.size > 0 ? given : (stack?.tags ?? [])), ...ownTags(inputs.prefix, key)])
}

async function placeTemplate(
  body: string,
  { connections, inputs }: StackContext,
): Promise<{ body: string } | { url: string }> {
  if (inputs.mode === 'preview' || Buffer.byteLength(body) <= inlineBytes) return { body }
  const { toolkit, region } = connections
  const key = `templates/${createHash('sha256').update(body).digest('hex')}.yml`
  await toolkit.ensure(key, Buffer.from(body))
  return { url: `https://${toolkit.bucket}.s3.${region}.${partitionOf(region).dnsSuffix}/${key}` }
}
