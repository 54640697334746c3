import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { isDenied } from '../../../lib/aws/errors.ts'
import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import { UserError } from '../../../lib/errors.ts'
import type { StackContext } from '../context.ts'
import { beyondAscii } from '../graph/mangled.ts'
import { isStored } from '../graph/scope.ts'
import { parseTemplate, type Template } from '../graph/template.ts'
import { compareTemplates, explainRefusal } from '../plan/compare-templates.ts'
import { placeScope } from '../plan/known-values.ts'
import type { StackStep } from '../plan/plan.ts'
import { listNew } from './new-resources.ts'

type Values = ReadonlyMap<string, string | undefined>

/**
 * What is compared where CloudFormation cannot do it, why it would surely refuse it, a sentence on how, and parameters
 * whose values are not seen.
 */
type Comparison = {
  changes: readonly ResourceChange[]
  refusal?: string | undefined
  how: string
  unseen: readonly string[]
}

/**
 * Compares a stack with its template and the values that it would have, where no change set can: a value that is not
 * given stays as it is. `why` says what a change set lacks.
 */
export async function compareStack(
  step: StackStep,
  values: Values,
  stack: Stack,
  why: string,
  context: StackContext,
): Promise<Comparison> {
  const deployed = await readDeployed(stack, context)
  if (!deployed) {
    const how = `compared by the names of resources alone, since ${why}`
    return { changes: await compareNames(step, stack, context), how, unseen: [] }
  }
  const place = { ...context.connections, prefix: context.inputs.prefix }
  const evaluate = (template: Template, given: Values) => {
    const scope = placeScope(template, chooseValues(template, given, stack), step.stackName, place)
    return { template, scope }
  }
  const [before, after] = [evaluate(deployed, new Map()), evaluate(step.template, values)]
  const hidden = beyondAscii.test(step.template.body) ? ', and whether characters beyond ASCII change' : ''
  const how = `compared by the texts of the templates, since ${why}: whether a change replaces its resource${hidden}, and what follows for others, is not known`
  const adopted = step.adoptions.map(({ logicalId }) => logicalId)
  return {
    changes: compareTemplates(before, after, adopted),
    refusal: explainRefusal(before, after),
    ...{ how, unseen: listUnseen(step.template, values) },
  }
}

// Of what is hidden, a stack does not show the value.
function chooseValues({ parameters }: Template, values: Values, stack: Stack): Map<string, string> {
  const chosen = [...parameters].flatMap(([name, rule]): [string, string][] => {
    const value = values.get(name) ?? stack.parameters.get(name) ?? rule.default
    return value === undefined || rule.noEcho ? [] : [[name, value]]
  })
  return new Map(chosen)
}

const listUnseen = ({ parameters }: Template, values: Values) =>
  [...parameters].flatMap(([name, { noEcho, type }]) => {
    if (noEcho && values.get(name) !== undefined)
      return `${name}: it is hidden, and whether it changes is not known`
    return isStored(type) ? `${name}: what SSM has for it is read by a deployment` : []
  })

async function readDeployed({ arn }: Stack, { cloudFormation }: StackContext): Promise<Template | undefined> {
  try {
    return parseTemplate(await cloudFormation.readTemplate(arn), 'the deployed template')
  } catch (error) {
    if (isDenied(error) || error instanceof UserError) return undefined
    throw error
  }
}

async function compareNames(step: StackStep, stack: Stack, context: StackContext): Promise<ResourceChange[]> {
  const existing = await context.cloudFormation.listResources(stack.arn)
  const planned = listNew(step, context)
  const isIn = (list: readonly { logicalId: string }[], { logicalId }: { logicalId: string }) =>
    list.some((each) => each.logicalId === logicalId)
  const removed = existing.filter((each) => !isIn(planned, each))
  return [
    ...planned.filter((each) => !isIn(existing, each)),
    ...removed.map(({ logicalId, type }) => ({ action: 'Remove', logicalId, type, replacement: '' })),
  ]
}
