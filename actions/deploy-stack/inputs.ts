import { UserError } from '../../lib/errors.ts'
import type { RawInputs } from '../../lib/inputs.ts'
import { inputTable } from './input-table.ts'
import { parseReview, type Review } from './review.ts'

/** What a caller acknowledges that a template may do. */
export const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const

/** One of them. */
export type Capability = (typeof capabilities)[number]

/** The inputs, parsed. */
export type Inputs = {
  mode: 'deploy' | 'preview' | 'destroy' | 'drift' | 'review' | 'execute' | 'import'
  /** Path of stacks.yml; undefined for the one that is found. */
  stacks: string | undefined
  /** Name of the overlay of stacks.yml. */
  overlay: string | undefined
  /** One template that is deployed alone; its parameters are as they were given. */
  single: { template: string; stackName: string; overrides: string } | undefined
  /** Keys of stacks; empty for all. */
  only: string[]
  prefix: string
  /** `Name` or `stack.Name` to value. */
  parameters: ReadonlyMap<string, string>
  tags: ReadonlyMap<string, string>
  /** Names of resources that exist and may be imported. */
  allow: readonly string[]
  /** What the templates may do; empty for what each needs. */
  capabilities: readonly Capability[]
  /** Check before a deployment to `error`, `warning` or `off`, as it was given. */
  checks: ReadonlyMap<string, string>
  /** Role with which CloudFormation works; undefined for the caller's rights, with which a preview always works. */
  serviceRoleArn: string | undefined
  deleteData: boolean
  failOnDrift: boolean
  /** What mode import imports: `stack.LogicalId` to identifier. */
  imports: ReadonlyMap<string, string>
  /** What mode execute executes. */
  review: Review | undefined
  timeoutSeconds: number
  /** How long to wait for an operation of others at a stack. */
  waitForOthersSeconds: number
  /** Stacks that are worked on at the same time. */
  concurrency: number
  /** Resources, as `stack.LogicalId`, that a continued rollback leaves as they are. */
  skipResources: readonly string[]
  dryRun: boolean
}

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  const given = inputTable.read(inputs)
  const { mode, prefix, confirm } = given
  if (mode === 'destroy' && !given['dry-run'] && confirm !== prefix) {
    throw new UserError(
      `confirm: expected the prefix "${prefix}" to destroy its stacks, got "${confirm ?? ''}"`,
    )
  }
  if (given['delete-data'] && mode !== 'destroy') {
    throw new UserError(`delete-data: goes with mode destroy only, got mode ${mode}`)
  }
  if ((mode === 'execute') !== (given.review !== undefined)) {
    throw new UserError(`review: expected with mode execute, and only then, got mode ${mode}`)
  }
  if ((mode === 'import') !== given['resources-to-import'].size > 0) {
    throw new UserError(`resources-to-import: expected with mode import, and only then, got mode ${mode}`)
  }
  return {
    mode,
    stacks: given.stacks,
    overlay: given.overlay,
    single: readSingle(given),
    only: given.only,
    prefix,
    parameters: given.parameters,
    tags: given['stack-tags'],
    allow: given.allow,
    capabilities: given.capabilities.map(readCapability),
    checks: given.checks,
    serviceRoleArn: mode === 'preview' ? undefined : given['cloudformation-role-arn'],
    deleteData: given['delete-data'],
    failOnDrift: given['fail-on-drift'],
    imports: given['resources-to-import'],
    review: given.review === undefined ? undefined : parseReview(given.review),
    timeoutSeconds: given['timeout-minutes'] * 60,
    waitForOthersSeconds: given['wait-for-others'] * 60,
    concurrency: given.concurrency,
    skipResources: given['skip-resources'],
    dryRun: given['dry-run'],
  }
}

type Given = ReturnType<typeof inputTable.read>

function readSingle(given: Given): Inputs['single'] {
  const { template, 'stack-name': stackName, 'parameter-overrides': overrides } = given
  if (template === undefined) {
    const alone = stackName === undefined ? 'parameter-overrides' : 'stack-name'
    if ((stackName ?? overrides) === undefined) return undefined
    throw new UserError(`${alone}: goes with the input template only, which is not given`)
  }
  const other = (['stacks', 'overlay'] as const).find((name) => given[name] !== undefined)
  if (other !== undefined) throw new UserError(`template: cannot be given together with ${other}`)
  if (stackName === undefined)
    throw new UserError('stack-name: expected the name of the stack of template, got none')
  return { template, stackName, overrides: overrides ?? '' }
}

function readCapability(name: string): Capability {
  const found = capabilities.find((each) => each === name)
  if (found !== undefined) return found
  throw new UserError(`capabilities: expected some of ${capabilities.join(', ')}, got "${name}"`)
}
