import { createHash } from 'node:crypto'
import type { ChangeSetRequest, Stack } from '../../../lib/aws/cloudformation.ts'
import type { Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { type Lookup, resolveParameters } from '../plan/parameter.ts'
import type { StackStep } from '../plan/plan.ts'
import { findWarnings } from '../plan/warning.ts'
import type { Ending } from '../report/outcome.ts'
import type { Asset } from './asset.ts'
import { packAsset } from './asset.ts'
import { deadStatuses, deployStack, type Tools } from './deploy.ts'
import { previewStack } from './preview.ts'

/** What the work on each stack of a run shares. */
export type Run = Tools & { connections: Connections; inputs: Inputs; changeSetName: string }

// CloudFormation takes a template of this size in the call; a larger one comes from a bucket.
const inlineBytes = 51_200

/** Deploys or previews one stack; the outputs of the stacks before it are asked for by key. */
export async function runStack(
  step: StackStep,
  run: Run,
  outputsOf: (key: string) => Promise<ReadonlyMap<string, string>>,
): Promise<Ending> {
  const stack = await run.cloudFormation.describe(step.stackName)
  const assets = new Map([...step.assets].map(([name, folder]) => [name, packAsset(folder)]))
  const request = await makeRequest(step, stack, run, assets, outputsOf)
  for (const warning of findWarnings(step.template, request.parameters, stack)) {
    run.log.warning(`${step.stackName}: ${warning}`)
  }
  if (run.inputs.mode === 'preview') return await previewStack(step, request, stack, run)
  return await deployStack(request, stack, run)
}

async function makeRequest(
  step: StackStep,
  stack: Stack | undefined,
  run: Run,
  assets: ReadonlyMap<string, Asset>,
  outputsOf: (key: string) => Promise<ReadonlyMap<string, string>>,
): Promise<Omit<ChangeSetRequest, 'type'>> {
  const { account, region, toolkit } = run.connections
  for (const { key, bytes } of assets.values()) await toolkit.ensure(key, bytes)
  const lookup: Lookup = {
    settings: { prefix: run.inputs.prefix, account, region, toolkitBucket: toolkit.bucket },
    outputsOf,
    isPaused: toolkit.isPaused,
    assetKey: (asset) => assets.get(asset)?.key ?? '',
  }
  const living = stack && !deadStatuses.includes(stack.status) ? stack : undefined
  return {
    stackName: step.stackName,
    name: run.changeSetName,
    template: await placeTemplate(step.template.body, run),
    parameters: await resolveParameters(step, living, lookup),
    tags: run.inputs.tags,
  }
}

async function placeTemplate(
  body: string,
  { connections }: Run,
): Promise<{ body: string } | { url: string }> {
  if (Buffer.byteLength(body) <= inlineBytes) return { body }
  const { toolkit, region } = connections
  const key = `templates/${createHash('sha256').update(body).digest('hex')}.yml`
  await toolkit.ensure(key, Buffer.from(body))
  return { url: `https://${toolkit.bucket}.s3.${region}.amazonaws.com/${key}` }
}
