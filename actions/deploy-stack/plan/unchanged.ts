import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { isStored } from '../graph/scope.ts'
import type { StackStep } from './plan.ts'

// What these give may change while the template stays: macros, modules, nested templates, zones, values kept elsewhere.
const readsElsewhere =
  /resolve:|"Transform"|"Fn::(?:Transform|GetAZs|GetStackOutput)"|"AWS::CloudFormation::Stack(?:Set)?"|::MODULE"/

/** What is asked for a stack: its values, where undefined keeps the one that it has, and its tags. */
type Asked = {
  parameters: ReadonlyMap<string, string | undefined>
  tags: ReadonlyMap<string, string>
}

/**
 * Returns whether CloudFormation surely finds no change where the text of the template is the same. What it reads anew
 * for each change set, and what a stack does not show of itself, is for a change set to tell.
 */
export function followsFromText(
  { template, settings, adoptions }: Pick<StackStep, 'template' | 'settings' | 'adoptions'>,
  { parameters, tags }: Asked,
  stack: Pick<Stack, 'status' | 'parameters' | 'tags'>,
): boolean {
  const isSettled = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack.status)
  const hasMore = settings.notificationArns || settings.rollback || adoptions.length > 0
  if (!isSettled || hasMore || !isSame(tags, stack.tags)) return false
  const keepsValues = [...template.parameters].every(([name, { type, noEcho }]) => {
    const given = parameters.get(name)
    const kept = stack.parameters.get(name)
    const isKept = kept !== undefined && parameters.has(name) && (given ?? kept) === kept
    // What is hidden may be a reference too.
    return isKept && !noEcho && !isStored(type) && !readsElsewhere.test(kept)
  })
  return keepsValues && !readsElsewhere.test(JSON.stringify(template.sections))
}

const isSame = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) =>
  a.size === b.size && [...a].every(([name, value]) => b.get(name) === value)
