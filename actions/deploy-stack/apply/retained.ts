import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { isDenied } from '../../../lib/aws/errors.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { StackContext } from '../context.ts'
import type { Graph } from '../graph/graph.ts'
import type { Template } from '../graph/template.ts'
import { ownTags } from '../plan/adoption.ts'
import { listKnownScope } from '../plan/known-values.ts'
import { listNames } from '../plan/names.ts'
import { planStacks } from '../plan/plan.ts'
import { dataTypes, type Stored } from './data.ts'

/**
 * Finds what earlier deletions of stacks left behind: resources of the names that the templates give, with our tags,
 * that hold data. Returns them by the stack's key. A template that cannot be read is a line of the log.
 */
export async function findRetained(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  keys: readonly string[],
  context: StackContext,
): Promise<ReadonlyMap<string, Stored[]>> {
  const found = new Map<string, Stored[]>()
  for (const { key, type, name } of listGivenNames(graph, templates, keys, context)) {
    context.signal.throwIfAborted()
    if (!dataTypes.includes(type)) continue
    const tags = await findTags(type, name, context)
    const isOurs =
      tags && [...ownTags(context.inputs.prefix, key)].every(([tag, value]) => tags.get(tag) === value)
    if (isOurs) found.set(key, [...(found.get(key) ?? []), { type, physicalId: name }])
  }
  return found
}

function listGivenNames(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  keys: readonly string[],
  { connections, inputs, log }: StackContext,
) {
  try {
    const place = { ...connections, prefix: inputs.prefix }
    const none: ReadonlyMap<string, Stack> = new Map()
    return planStacks(graph, templates, { ...inputs, only: [...keys] }).flatMap((step) =>
      listNames(step, listKnownScope(step, place, none)),
    )
  } catch (error) {
    log.info(`what earlier deletions left behind is not looked for: ${messageOf(error)}`)
    return []
  }
}

async function findTags(type: string, name: string, { connections, log }: StackContext) {
  try {
    return await connections.namedResources.findTags(type, name)
  } catch (error) {
    if (!isDenied(error)) throw error
    log.warning(`cannot tell whether ${name} was left behind: ${messageOf(error)}`)
    return undefined
  }
}
