import { messageOf, UserError } from '../../../lib/errors.ts'
import type { Graph } from './graph.ts'
import type { StackEntry } from './stack-entry.ts'
import { joinTexts, type Piece, type Value } from './value.ts'

/** Where values can be without AWS. */
type Sources = {
  env: Readonly<Record<string, string | undefined>>
  readFile(path: string, advice?: string): string
}

/** Puts the variables of the environment and the files in that stacks.yml refers to. Throws UserError for a missing one. */
export function fillLocalValues(graph: Graph, sources: Sources): Graph {
  const fill = (entry: StackEntry): StackEntry => ({
    ...entry,
    settings: { ...entry.settings, policy: readPolicy(entry, sources) },
    parameters: mapValues(entry.parameters, (name, value) =>
      fillValue(value, (piece) => readLocal(piece, sources, entry.places.get(`parameters.${name}`) ?? '')),
    ),
  })
  return new Map([...graph].map(([key, entry]) => [key, fill(entry)]))
}

function readPolicy({ place, settings }: StackEntry, { readFile }: Sources): string | undefined {
  if (settings.policy === undefined) return undefined
  const text = readFile(settings.policy, `it is the stack-policy of ${place}`)
  try {
    JSON.parse(text)
  } catch (error) {
    throw new UserError(`${settings.policy}: expected a stack policy in JSON: ${messageOf(error)}`)
  }
  return text
}

/** Replaces the pieces of a value for which `read` finds a text. */
export function fillValue(value: Value, read: (piece: Piece) => string | undefined): Value {
  return joinTexts(
    value.map((piece): Piece => {
      const text = read(piece)
      return text === undefined ? piece : { kind: 'text', text }
    }),
  )
}

const mapValues = (
  parameters: ReadonlyMap<string, Value>,
  convert: (name: string, value: Value) => Value,
): ReadonlyMap<string, Value> => new Map([...parameters].map(([name, value]) => [name, convert(name, value)]))

function readLocal(piece: Piece, { env, readFile }: Sources, place: string): string | undefined {
  // Editors end a file with a line break that is none of the value.
  if (piece.kind === 'file')
    return readFile(piece.path, `it is the value of ${place}`).replace(/^\ufeff|\r?\n$/g, '')
  if (piece.kind !== 'env') return undefined
  const value = env[piece.name]
  if (value !== undefined) return value
  throw new UserError(
    `${place}: the variable ${piece.name} is not in the environment; set it with env in the step`,
  )
}
