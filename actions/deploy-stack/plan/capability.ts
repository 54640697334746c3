import { UserError } from '../../../lib/errors.ts'
import { listFirst } from '../../../lib/quote.ts'
import { listResources } from '../graph/expand.ts'
import { listTemplates, type Template } from '../graph/template.ts'
import { type Capability, capabilities } from '../inputs.ts'

// Those of the parameter Capabilities, each with the property that gives it a name:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
const iamTypes: ReadonlyMap<string, string | undefined> = new Map([
  ['AWS::IAM::AccessKey', undefined],
  ['AWS::IAM::Group', 'GroupName'],
  ['AWS::IAM::InstanceProfile', 'InstanceProfileName'],
  ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName'],
  ['AWS::IAM::Policy', undefined],
  ['AWS::IAM::Role', 'RoleName'],
  ['AWS::IAM::User', 'UserName'],
  ['AWS::IAM::UserToGroupAddition', undefined],
])

/** A capability that a template needs, and what for. */
type Need = { capability: Capability; why: string }

/**
 * Chooses the capabilities of a stack: those that are given or, where none are, those that its template needs; all, where
 * only CloudFormation can tell. Throws UserError for a given list that lacks one.
 */
export function chooseCapabilities(template: Template, given: readonly Capability[]): readonly Capability[] {
  const all = listTemplates(template)
  const needs = all.flatMap(listNeeds)
  if (given.length === 0)
    return all.some(isOpen) ? capabilities : [...new Set(needs.map(({ capability }) => capability))]
  for (const { capability, path, why } of needs) {
    if (given.includes(capability)) continue
    if (capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')) continue
    throw new UserError(
      `capabilities: expected ${capability}, which ${path} needs since it has ${why}, got ${given.join(', ')}`,
    )
  }
  return given
}

const resourcesOf = (template: Template) => listResources(template, { values: new Map(), conditions: {} })

// What a transform, a module or a nested template that lies elsewhere makes is not known here, nor what CloudFormation
// asks for types of IAM that came later.
function isOpen(template: Template): boolean {
  const { isTransformed, nested, sections } = template
  const open = resourcesOf(template).filter(
    ({ type, logicalId }) =>
      (type === 'AWS::CloudFormation::Stack' && !nested.some((each) => each.logicalId === logicalId)) ||
      (type.startsWith('AWS::IAM::') && !iamTypes.has(type)) ||
      type.endsWith('::MODULE'),
  )
  const isTransforming = isTransformed || sections.Transform !== undefined
  return isTransforming || open.length > 0
}

function listNeeds(template: Template): (Need & { path: string })[] {
  const { path, isTransformed } = template
  const own = [...listIamNeeds(resourcesOf(template)), ...(isTransformed ? [macroNeed] : [])]
  return own.map((need) => ({ ...need, path }))
}

function listIamNeeds(resources: ReturnType<typeof listResources>): Need[] {
  const all = resources.filter(({ type }) => iamTypes.has(type))
  const named = all.filter(({ type, properties }) => (iamTypes.get(type) ?? '') in properties)
  const nameAll = (some: typeof all) => listFirst(some.map(({ logicalId, type }) => `${logicalId} (${type})`))
  if (named.length > 0)
    return [{ capability: 'CAPABILITY_NAMED_IAM', why: `names of its own for ${nameAll(named)}` }]
  return all.length > 0 ? [{ capability: 'CAPABILITY_IAM', why: nameAll(all) }] : []
}

const macroNeed: Need = { capability: 'CAPABILITY_AUTO_EXPAND', why: 'a macro' }
