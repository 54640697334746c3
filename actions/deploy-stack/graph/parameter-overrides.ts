import { visit } from 'yaml'
import { UserError } from '../../../lib/errors.ts'
import { parseYaml } from '../../../lib/yaml.ts'

const input = 'parameter-overrides'

/**
 * Reads parameters in the forms that aws-actions/aws-cloudformation-github-deploy takes: `Name=value,Other=value`, where a
 * value with commas is quoted or its name is repeated; a map of YAML or JSON; a list of `ParameterKey` and
 * `ParameterValue` or `UsePreviousValue`; or the address `file:///path` of a file with such a map or list. Throws
 * UserError, which quotes no value.
 */
export function parseOverrides(
  text: string,
  readFile: (path: string, advice?: string) => string,
): Map<string, string> {
  const given = text.trim()
  if (!given.startsWith('file://')) return parseInline(given)
  const path = decodePath(given.slice('file://'.length))
  return parseStructure(readFile(path, `it is named by the input ${input}`), path)
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new UserError(`${input}: expected file:///PATH, where %25 stands for %, got another %`)
  }
}

function parseInline(text: string): Map<string, string> {
  if (text === '') return new Map()
  const isPairs = /^[A-Za-z0-9]+\s*=/.test(text)
  return isPairs ? parsePairs(text) : parseStructure(text, input)
}

// A comma within quotes separates nothing, and a line break as much as a comma.
const pair = /\s*([A-Za-z0-9]+)\s*=("(?:[^"\\]|\\.)*"|'[^']*'|[^,\n]*?)\s*(?:[,\n]|$)/y

function parsePairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>()
  const expression = new RegExp(pair)
  while (expression.lastIndex < text.length) {
    const at = pairs.size + 1
    const [, name, written = ''] = expression.exec(text) ?? []
    if (name === undefined) throw new UserError(`${input}: entry ${at}: expected NAME=VALUE`)
    const value = unquote(written.trim())
    const before = pairs.get(name)
    pairs.set(name, before === undefined ? value : `${before},${value}`)
  }
  return pairs
}

const unquote = (text: string) => /^(["'])([\s\S]*)\1$/.exec(text)?.[2]?.replaceAll('\\"', '"') ?? text

function parseStructure(text: string, place: string): Map<string, string> {
  const value = readTree(text, place)
  const refuse = (what: string) =>
    new UserError(`${place}: expected a map, or a list of ParameterKey and ParameterValue${what}`)
  if (Array.isArray(value)) {
    const entries = value.flatMap((entry, at): [string, string][] => {
      const { ParameterKey, ParameterValue, UsePreviousValue } = Object(entry)
      // What is not given keeps its value.
      if (ParameterValue === undefined && String(UsePreviousValue) === 'true') return []
      if (typeof ParameterKey !== 'string' || ParameterValue === undefined)
        throw refuse(`; entry ${at + 1} is none`)
      return [[ParameterKey, readText(ParameterValue)]]
    })
    return new Map(entries)
  }
  // The file of a pipeline's action has them one level down.
  const { Parameters = value } = Object(value)
  if (typeof Parameters !== 'object' || Parameters === null || Array.isArray(Parameters)) throw refuse('')
  return new Map(Object.entries(Parameters).map(([name, each]) => [name, readText(each)]))
}

/** Reads a text of YAML or JSON whose numbers and words stay as they are written: 1.0 is another value than 1. */
function readTree(text: string, place: string): unknown {
  const { document } = parseYaml(text, place)
  visit(document, {
    Scalar: (_, node) => {
      if (node.value !== null && String(node.value) !== node.source) node.value = node.source
    },
  })
  try {
    return document.toJS()
  } catch {
    throw new UserError(
      `${place}: expected aliases (*NAME) of something before them, and fewer than 100 of each`,
    )
  }
}

function readText(value: unknown): string {
  if (Array.isArray(value)) return value.map(readText).join(',')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
}
