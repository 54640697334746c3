import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isSeq,
  type Node,
  Pair,
  YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { UserError } from '../../../lib/errors.ts'
import { composeYaml } from '../../../lib/yaml-document.ts'
import { type Aliases, readAliases, restoreAliases } from './yaml-aliases.ts'

/** A text, or a map of texts, and the path of keys (in a list, of positions) at which it stands. */
export type PathText = { path: readonly string[]; value: string | Readonly<Record<string, string>> }

/**
 * Writes texts into a YAML text, each at a path of keys, and leaves the rest as it is written. An alias or a merged map
 * (`<<`) on a path becomes a copy of what it stands for: other places keep their values. Throws UserError.
 */
export function writeTexts(text: string, file: string, texts: readonly PathText[]): string {
  if (texts.length === 0) return text
  const parsed = composeYaml(text, file, { schema: 'failsafe' })
  const aliases = readAliases(parsed, file)
  const document = parsed.document.clone()
  if (!isMap(document.contents)) throw new UserError(`${file}: expected a map of sections`)
  const changed = new Set<Node>()
  for (const { path, value } of texts) {
    let parent: YAMLMap | YAMLSeq = document.contents
    for (const key of path.slice(0, -1)) {
      changed.add(parent)
      parent = open(parent, key, aliases, document)
    }
    changed.add(parent)
    // A node of its own: the tag of the one that stands there goes with it.
    put(parent, path.at(-1) ?? '', document.createNode(value), document)
  }
  restoreAliases(document, changed, aliases)
  // What is new gets quotes: without them, 012 would be a number.
  return document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' })
}

/** Returns what stands at a key as a map or list that belongs to this place alone. */
function open(
  parent: YAMLMap | YAMLSeq,
  key: string,
  aliases: Aliases,
  document: Document,
): YAMLMap | YAMLSeq {
  const own = findOwn(parent, key)
  if (isMap(own) || isSeq(own)) return own
  const named = own ?? findMerged(parent, key, aliases)
  const copy = named && isCollection(aliases.resolve(named)) ? aliases.copy(named) : undefined
  const child = isMap(copy) || isSeq(copy) ? copy : new YAMLMap(document.schema)
  put(parent, key, child, document)
  return child
}

function put(parent: YAMLMap | YAMLSeq, key: string, value: Node, document: Document): void {
  if (isSeq(parent)) {
    parent.items[Number(key)] = value
    return
  }
  const pair = findPair(parent, key)
  if (pair) pair.value = value
  else parent.items.push(new Pair<unknown, unknown>(document.createNode(key), value))
}

// Of equal keys the last counts.
const findPair = (map: YAMLMap, key: string) => map.items.findLast((pair) => String(pair.key) === key)

function findOwn(parent: YAMLMap | YAMLSeq, key: string): Node | undefined {
  const found = isSeq(parent) ? parent.items[Number(key)] : findPair(parent, key)?.value
  return isNode(found) ? found : undefined
}

// Of merged maps the first counts, as in the template that is read: of equal keys `<<` the last.
function findMerged(parent: YAMLMap | YAMLSeq, key: string, aliases: Aliases): Node | undefined {
  if (isSeq(parent)) return undefined
  const merges = parent.items.filter((pair) => String(pair.key) === '<<').toReversed()
  for (const { value } of merges) {
    const merged = isNode(value) ? aliases.resolve(value) : undefined
    for (const each of isSeq(merged) ? merged.items : [merged]) {
      const map = isNode(each) ? aliases.resolve(each) : undefined
      const found = isMap(map) ? (findOwn(map, key) ?? findMerged(map, key, aliases)) : undefined
      if (found) return found
    }
  }
  return undefined
}
