import { createHash } from 'node:crypto'
import type { ChangeSetRequest, Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import { partitionOf } from '../../../lib/aws/partition.ts'
import type { StackContext } from '../context.ts'
import { type Lookup, resolveParameters } from '../plan/parameter.ts'
import type { StackStep } from '../plan/plan.ts'
import { findWarnings } from '../plan/warning.ts'
import { deleteAbandonedChangeSets } from './abandoned-change-sets.ts'
import type { Asset } from './asset.ts'
import { packAsset } from './asset.ts'
import { deployStack } from './deploy.ts'
import { isSuccess, type StackOutcome } from './outcome.ts'
import { previewStack } from './preview.ts'
import { tagRunningImage } from './running-image.ts'

// CloudFormation takes a template of this size in the call; a larger one comes from a bucket.
const inlineBytes = 51_200

/** Deploys or previews one stack; the outputs of the stacks before it are asked for by key. */
export async function runStack(
  step: StackStep,
  context: StackContext,
  outputsOf: (key: string) => Promise<ReadonlyMap<string, string>>,
): Promise<StackOutcome> {
  const stack = await context.cloudFormation.describe(step.stackName)
  const assets = new Map<string, Asset>()
  for (const [name, folder] of step.assets) assets.set(name, await packAsset(folder, context.signal))
  const request = await makeRequest(step, stack, context, assets, outputsOf)
  for (const warning of findWarnings(step.template, request.parameters, stack)) {
    context.log.warning(`${step.stackName}: ${warning}`)
  }
  if (stack) await deleteAbandonedChangeSets(step.stackName, context)
  if (context.inputs.mode === 'preview') return await previewStack(step, request, stack, context)
  const outcome = await deployStack(request, stack, context)
  const imageUri = request.parameters.get('ImageUri') ?? stack?.parameters.get('ImageUri')
  if (isSuccess(outcome) && imageUri !== undefined) await tagRunningImage(imageUri, context)
  return outcome
}

async function makeRequest(
  step: StackStep,
  stack: Stack | undefined,
  context: StackContext,
  assets: ReadonlyMap<string, Asset>,
  outputsOf: (key: string) => Promise<ReadonlyMap<string, string>>,
): Promise<Omit<ChangeSetRequest, 'type'>> {
  const { account, region, toolkit } = context.connections
  for (const { key, bytes } of assets.values()) await toolkit.ensure(key, bytes)
  const lookup: Lookup = {
    settings: { prefix: context.inputs.prefix, account, region, toolkitBucket: toolkit.bucket },
    outputsOf,
    isPaused: toolkit.isPaused,
    assetKey: (asset) => assets.get(asset)?.key ?? '',
  }
  const living = stack && !failedCreationStatuses.includes(stack.status) ? stack : undefined
  return {
    stackName: step.stackName,
    name: context.changeSetName,
    template: await placeTemplate(step.template.body, context),
    parameters: await resolveParameters(step, living, lookup),
    tags: context.inputs.tags,
  }
}

async function placeTemplate(
  body: string,
  { connections }: StackContext,
): Promise<{ body: string } | { url: string }> {
  if (Buffer.byteLength(body) <= inlineBytes) return { body }
  const { toolkit, region } = connections
  const key = `templates/${createHash('sha256').update(body).digest('hex')}.yml`
  await toolkit.ensure(key, Buffer.from(body))
  return { url: `https://${toolkit.bucket}.s3.${region}.${partitionOf(region).dnsSuffix}/${key}` }
}
