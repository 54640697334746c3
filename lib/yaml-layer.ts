import { type Document, isAlias, isMap, isNode, type LineCounter, type Node, visit, type YAMLMap } from 'yaml'
import { UserError } from './errors.ts'
import { parseYaml } from './yaml.ts'

/** A YAML text, and the name of its file for messages. */
export type YamlSource = { text: string; file: string }

/** Parses a YAML text whose root is a map. Throws UserError. */
export function openRoot({ text, file }: YamlSource): Layer {
  const { document, lines } = parseYaml(text, file)
  if (!isMap(document.contents)) throw new UserError(`${file}: expected a map, got something else`)
  return { map: document.contents, origin: { file, lines, targets: findTargets(document) } }
}

// An alias stands for the last anchor of its name before it. The parser's own way walks the document for each alias.
function findTargets(document: Document): ReadonlyMap<unknown, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<unknown, Node>()
  visit(document, (_, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target) targets.set(node, target)
    } else if (isNode(node) && node.anchor) anchors.set(node.anchor, node)
  })
  return targets
}

/** The file in which a node is. */
export type Origin = {
  file: string
  lines: LineCounter
  /** What aliases stand for. */
  targets: ReadonlyMap<unknown, Node>
}

/** A node, and its file. */
export type Value = { node: unknown; origin: Origin }

/** The root of a file, which may stand above that of another. */
export type Layer = { map: YAMLMap; origin: Origin }

/** Returns what a value is, or stands for where it is an alias. */
export const resolve = ({ node, origin }: Value): unknown => (isAlias(node) ? origin.targets.get(node) : node)
