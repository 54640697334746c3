import { isAlias, isMap, type LineCounter, type YAMLMap } from 'yaml'
import { UserError } from './errors.ts'
import { parseYaml } from './yaml.ts'
import { findTargets } from './yaml-anchors.ts'

/** A YAML text, and the name of its file for messages. */
export type YamlSource = { text: string; file: string }

/** Parses a YAML text whose root is a map. Throws UserError. */
export function openRoot({ text, file }: YamlSource): Layer {
  const { document, lines } = parseYaml(text, file)
  if (!isMap(document.contents)) throw new UserError(`${file}: expected a map, got something else`)
  return { map: document.contents, origin: { file, lines, targets: findTargets(document) } }
}

/** The file in which a node is. */
export type Origin = {
  file: string
  lines: LineCounter
  /** What aliases stand for. */
  targets: ReturnType<typeof findTargets>
}

/** A node, and its file. */
export type Value = { node: unknown; origin: Origin }

/** The root of a file, which may stand above that of another. */
export type Layer = { map: YAMLMap; origin: Origin }

/** Returns what a value is, or stands for where it is an alias. */
export const resolve = ({ node, origin }: Value): unknown => (isAlias(node) ? origin.targets.get(node) : node)
