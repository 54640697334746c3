import { type Alias, type Document, isAlias, type Node, visit } from 'yaml'

/** A node that is no alias: it has a value of its own. */
export type ValueNode = Exclude<Node, Alias>

/**
 * Finds what each alias of a document stands for: the last anchor of its name before it; undefined where there is none.
 * The parser's own way walks the document for each alias.
 */
export function findTargets(document: Document): ReadonlyMap<Alias, ValueNode | undefined> {
  const anchors = new Map<string, ValueNode>()
  const targets = new Map<Alias, ValueNode | undefined>()
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) targets.set(node, anchors.get(node.source))
      else if (node.anchor) anchors.set(node.anchor, node)
    },
  })
  return targets
}
