import { functionOf } from './function-of.ts'
import { listOf, type Tree, type TreeMap, textOf } from './template-tree.ts'

/**
 * Orders a condition and all that it refers to, but for those that are known: each stands behind what it refers to,
 * unless they refer to each other. Without recursion, for a chain may have thousands.
 */
export function orderConditions(
  name: string,
  conditions: TreeMap,
  known: { has(name: string): boolean },
): string[] {
  const ordered = new Set<string>()
  const open = new Set<string>()
  const waiting = [name]
  for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
    const isOpened = open.has(next)
    if (!isOpened && !known.has(next)) {
      open.add(next)
      for (const each of new Set(listReferences(conditions[next]))) if (!open.has(each)) waiting.push(each)
      continue
    }
    if (isOpened) ordered.add(next)
    waiting.pop()
  }
  return [...ordered]
}

function listReferences(value: Tree): string[] {
  if (typeof value !== 'object') return []
  if (Array.isArray(value)) return value.flatMap(listReferences)
  const { name, argument } = functionOf(value)
  if (name === 'Condition') return [textOf(argument) ?? '']
  const own = name === 'If' ? [textOf(listOf(argument)[0]) ?? ''] : []
  return [...own, ...Object.values(value).flatMap(listReferences)]
}
