import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml'
import { messageOf, UserError } from '../../../lib/errors.ts'
import { parseWithoutNumbers } from '../../../lib/json.ts'
import { verifyBytes } from '../../../lib/yaml-bounds.ts'
import { composeYaml } from '../../../lib/yaml-document.ts'
import { readPlain } from './yaml-scalar.ts'

/**
 * A value of a template: a text, a list or a map. A number and a word such as `true` is a text, as CloudFormation makes
 * it one; a function stands in the long form (`Fn::Sub`); what is null is undefined.
 */
export type Tree = string | undefined | Tree[] | TreeMap

/** A map of a template. */
export type TreeMap = { readonly [key: string]: Tree }

/** A template as CloudFormation reads it. */
export type TemplateTree = {
  sections: TreeMap
  /**
   * Gives a section once more in each other spelling that may count; the first has its texts as they are written: `yes`,
   * and not `true`.
   */
  spellings(section: string): TreeMap[]
}

// For the parser, each tag that it does not know is an error with a stack trace, which takes most of the time.
const functionTags = [
  ...[
    'Ref',
    'Sub',
    'GetAtt',
    'Join',
    'If',
    'Equals',
    'Not',
    'And',
    'Or',
    'Condition',
    'Select',
    'Split',
    'FindInMap',
  ],
  ...['ImportValue', 'Base64', 'Cidr', 'GetAZs', 'Transform', 'Length', 'ToJsonString'],
].flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => text },
  { tag: `!${name}`, collection: 'seq' as const },
  { tag: `!${name}`, collection: 'map' as const },
])

// A template has far fewer values; aliases can multiply them.
const mostValues = 300_000
const mostLevels = 300

/**
 * Reads a template, in JSON or YAML 1.1, as CloudFormation does: of equal keys the last counts, aliases and merged maps
 * are resolved. Throws UserError with file, line and column where it cannot be read.
 */
export function readTemplateTree(body: string, file: string): TemplateTree {
  return readJson(body, file) ?? readYaml(body, file)
}

function readYaml(body: string, file: string): TemplateTree {
  const { contents } = composeYaml(body, file, { schema: 'failsafe', tags: functionTags }).document
  const anchors = new Map<string, unknown>()
  return {
    sections: mapOf(fromYaml(contents, { file, anchors, plain: readPlain })),
    spellings: (section) => {
      const node = isMap(contents) ? contents.get(section, true) : undefined
      return [mapOf(fromYaml(node, { file, anchors, plain: (text) => text }))]
    },
  }
}

// JSON is YAML too, but it is parsed at a tenth of the cost, and minified templates are long.
function readJson(body: string, file: string): TemplateTree | undefined {
  if (!/^\s*\{/.test(body)) return undefined
  verifyBytes(body, file)
  try {
    const read = (spell: (number: string) => string) => mapOf(toTree(parseWithoutNumbers(body, spell)))
    return {
      sections: read((number) => readPlain(number) ?? number),
      spellings: (section) => [String, shorten].map((spell) => mapOf(read(spell)[section])),
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw new UserError(`${file}: ${messageOf(error)}`)
  }
}

// Whether `1.0` is `1` for a parser of JSON is its choice; an integer has one spelling.
const shorten = (number: string) => (/^-?\d+$/.test(number) ? number : String(Number(number)))

/** Makes a tree of a value of JSON. Throws RangeError where it is too deep. */
export function toTree(value: unknown, level = 0): Tree {
  if (level > mostLevels)
    throw new RangeError(`expected at most ${mostLevels} lists and maps within each other`)
  if (value === null) return undefined
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.map((item) => toTree(item, level + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toTree(item, level + 1)]))
}

/** Returns a value if it is a map, otherwise an empty one. */
export const mapOf = (tree: Tree): TreeMap => (isTreeMap(tree) ? tree : {})

/** Returns a value if it is a list, otherwise an empty one. */
export const listOf = (tree: Tree): Tree[] => (Array.isArray(tree) ? tree : [])

/** Returns a value if it is a text. */
export const textOf = (tree: Tree): string | undefined => (typeof tree === 'string' ? tree : undefined)

/** Returns whether an entry of a section stands for all that a loop makes. */
export const isLoop = (name: string) => name.startsWith('Fn::ForEach::')

const isTreeMap = (tree: Tree): tree is TreeMap => typeof tree === 'object' && !Array.isArray(tree)

type YamlReading = {
  file: string
  /** The last node of each anchor. */
  anchors: Map<string, unknown>
  /** Reads a text without quotes. */
  plain(text: string): string | undefined
}

// With another tag, as with quotes, a value is a text: `!!str 010`, `!Sub 010`.
const plainTags = /^tag:yaml\.org,2002:(?:bool|int|float|null)$/

/** Makes a tree of a node. */
function fromYaml(root: unknown, { file, anchors, plain }: YamlReading): Tree {
  let values = 0
  const convert = (node: unknown, level: number): Tree => {
    values += 1
    if (values > mostValues || level > mostLevels)
      throw new UserError(
        `${file}: expected a template of fewer values and levels; its aliases make it very large`,
      )
    if (isAlias(node)) return convert(anchors.get(node.source), level + 1)
    const { anchor, tag } = Object(node)
    if (anchor !== undefined) anchors.set(anchor, node)
    return wrap(tag, isScalar(node) ? scalar(node) : collection(node, level))
  }
  const scalar = ({ value, type, tag }: Scalar) => {
    const isPlain = tag === undefined ? type === 'PLAIN' : plainTags.test(tag)
    return isPlain ? plain(String(value)) : String(value)
  }
  const collection = (node: unknown, level: number): Tree => {
    if (isSeq(node)) return node.items.map((item) => convert(item, level + 1))
    if (!isMap<ParsedNode>(node)) return undefined
    const entries = node.items.map(({ key, value }): [string, Tree] => [
      String(key),
      convert(value, level + 1),
    ])
    const merged = entries.flatMap(([key, value]) => (key === '<<' ? [value].flat().toReversed() : []))
    // Of merged maps the first counts, and before them what the map itself has.
    return Object.fromEntries([
      ...merged.flatMap((each) => Object.entries(mapOf(each))),
      ...entries.filter(([key]) => key !== '<<'),
    ])
  }
  return convert(root, 0)
}

// The short form of a function is a tag: `!Ref` is `Ref`, `!Sub` is `Fn::Sub`.
function wrap(tag: unknown, value: Tree): Tree {
  const [, name] = /^!(\w[\w:]*)$/.exec(String(tag)) ?? []
  if (name === undefined) return value
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value }
}
