import { type Document, isAlias, isNode, type Node, visit } from 'yaml'
import { UserError } from '../../../lib/errors.ts'
import { findTargets, type ValueNode } from '../../../lib/yaml-anchors.ts'
import { mostValues } from '../../../lib/yaml-bounds.ts'
import { type ParsedYaml, refuseAt } from '../../../lib/yaml-document.ts'

/** What the aliases of a YAML text name. */
export type Aliases = {
  /** Returns what a node names, if it is an alias of the text, and otherwise itself. */
  resolve(node: Node): ValueNode
  /** Copies what a node is or names: without anchors, and with copies in the place of its aliases. Throws UserError. */
  copy(node: Node): ValueNode
}

const mostLevels = 100

/** Reads what the aliases of a text name. Throws UserError for one that names nothing. */
export function readAliases(parsed: ParsedYaml, file: string): Aliases {
  const targets = indexTargets(parsed, file)
  const resolve = (node: Node): ValueNode => {
    if (!isAlias(node)) return node
    const target = targets.get(startOf(node))
    if (!target) throw new UserError(`${file}: expected an anchor before the alias *${node.source}, got none`)
    return target
  }
  let values = 0
  const count = (level: number) => {
    values += 1
    if (values > mostValues || level > mostLevels)
      throw new UserError(`${file}: expected aliases that stand for fewer values and levels`)
  }
  const copy = (node: Node, level = 0): ValueNode => {
    count(level)
    const copied = cloneOf(resolve(node))
    visit(copied, {
      Alias: (_, alias) => copy(alias, level + 1),
      Value: (_, each) => {
        count(level)
        delete each.anchor
      },
    })
    return copied
  }
  return { resolve, copy }
}

/**
 * Lets the aliases of a document name again what they named in the text: the first that lost its anchor becomes a copy
 * with that anchor. `changed` are the nodes that are not as they were.
 */
export function restoreAliases(document: Document, changed: ReadonlySet<Node>, aliases: Aliases): void {
  const anchors = new Map<string, number | undefined>()
  visit(document, {
    Alias: (_, alias) => {
      const target = aliases.resolve(alias)
      if (anchors.get(alias.source) === startOf(target)) return undefined
      return Object.assign(aliases.copy(target), { anchor: alias.source })
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, changed.has(node) ? undefined : startOf(node))
    },
  })
}

function indexTargets(parsed: ParsedYaml, file: string): ReadonlyMap<number, ValueNode> {
  const targets = new Map<number, ValueNode>()
  for (const [alias, target] of findTargets(parsed.document)) {
    const why = `expected an anchor &${alias.source} before its alias, got none`
    if (!target) throw refuseAt(parsed, file, startOf(alias), why)
    targets.set(startOf(alias), target)
  }
  return targets
}

// A copy of a node keeps its place in the text: by that, it is known.
const startOf = (node: Node): number => node.range?.[0] ?? -1

function cloneOf(node: ValueNode): ValueNode {
  const clone: unknown = node.clone()
  if (!isNode(clone) || isAlias(clone)) throw new TypeError('a clone of a YAML node is none')
  return clone
}
