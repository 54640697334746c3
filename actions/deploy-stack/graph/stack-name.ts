import { UserError } from '../../../lib/errors.ts'
import type { Graph } from './graph.ts'
import { isStackName, type StackEntry } from './stack-entry.ts'
import { fillPrefix } from './value.ts'

/** Names a stack. */
export function nameStack(prefix: string, { stackName }: { stackName: string }): string {
  return fillPrefix(stackName, prefix)
}

/**
 * Names all stacks of a graph, by key. Throws UserError where two have one name, and for a name that CloudFormation does
 * not take.
 */
export function nameStacks(prefix: string, graph: Graph): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const entry of graph.values()) {
    const name = nameStack(prefix, entry)
    verifyName(name, entry)
    const other = [...names].find(([, given]) => given === name)?.[0]
    if (other !== undefined)
      throw new UserError(`${entry.place}: has the name ${name}, as the stack "${other}" has`)
    names.set(entry.key, name)
  }
  return names
}

function verifyName(name: string, { place, places }: StackEntry): void {
  if (isStackName(name)) return
  throw new UserError(
    `${places.get('stack-name') ?? place}: expected a name of up to 128 letters, digits and dashes, got "${name}" of ${name.length}; shorten the name or the prefix`,
  )
}
