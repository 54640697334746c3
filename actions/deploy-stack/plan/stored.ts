import type { StoredValue } from '../../../lib/aws/stored-values.ts'
import { UserError } from '../../../lib/errors.ts'
import { parseWithoutNumbers } from '../../../lib/json.ts'
import { fillValue } from '../graph/local-values.ts'
import { findFault } from '../graph/parameter-rule.ts'
import { nameStored, type Piece, type StoredPiece } from '../graph/value.ts'
import type { Source, StackStep } from './plan.ts'

/** Values that AWS keeps, by what `nameStored` says. */
type StoredTexts = ReadonlyMap<string, StoredValue>

const isStored = (piece: Piece): piece is StoredPiece => piece.kind === 'ssm' || piece.kind === 'secret'

const piecesOf = (steps: readonly StackStep[]): StoredPiece[] =>
  steps.flatMap(({ parameters }) =>
    [...parameters.values()].flatMap((source) =>
      source.kind === 'value' ? source.value.filter(isStored) : [],
    ),
  )

/** Lists the values that AWS keeps and the stacks take as parameters, each once. */
export function listStored(steps: readonly StackStep[]): StoredPiece[] {
  return [...new Map(piecesOf(steps).map((piece) => [nameStored(piece), piece])).values()]
}

/** Lists the texts that must not be seen: secrets, and the parts of them that stacks take. */
export function listStoredSecrets(steps: readonly StackStep[], stored: StoredTexts): string[] {
  return piecesOf(steps).flatMap((piece) => {
    const { text = '', isSecret = false } = stored.get(nameStored(piece)) ?? {}
    const part = piece.kind === 'secret' && piece.key !== undefined ? readPart(text, piece.key) : undefined
    return isSecret ? [text, ...(part === undefined ? [] : [part])] : []
  })
}

/**
 * Puts the values in that AWS keeps. Throws UserError for one that is missing, that its template does not take, or that
 * is secret and not hidden there.
 */
export function fillStored(steps: readonly StackStep[], stored: StoredTexts): StackStep[] {
  return steps.map((step) => ({
    ...step,
    parameters: new Map(
      [...step.parameters].map(([name, source]) => [name, fillSource(name, source, step, stored)]),
    ),
  }))
}

function fillSource(name: string, source: Source, step: StackStep, stored: StoredTexts): Source {
  if (source.kind !== 'value' || !source.value.some(isStored)) return source
  const where = `parameters: ${step.key}.${name}`
  const rule = step.template.parameters.get(name)
  const value = fillValue(source.value, (piece) => {
    if (!isStored(piece)) return undefined
    const { text, isSecret } = readStored(piece, where, stored)
    if (isSecret && !rule?.noEcho)
      throw new UserError(
        `${where}: is a secret, and ${step.template.path} does not hide the parameter; declare it with NoEcho: true`,
      )
    return text
  })
  const [only] = value
  const fault = rule && only?.kind === 'text' ? findFault(rule, only.text) : undefined
  if (fault) throw new UserError(`${where}: ${fault}`)
  return { ...source, value }
}

function readStored(piece: StoredPiece, where: string, stored: StoredTexts): StoredValue {
  const found = stored.get(nameStored(piece))
  if (!found)
    throw new UserError(
      `${where}: there is no ${piece.kind === 'ssm' ? 'parameter' : 'secret'} ${piece.name} in this account and region`,
    )
  if (piece.kind === 'ssm' || piece.key === undefined) return found
  const part = readPart(found.text, piece.key)
  if (part === undefined)
    throw new UserError(`${where}: expected the secret ${piece.name} to be JSON with the key "${piece.key}"`)
  return { ...found, text: part }
}

function readPart(text: string, key: string): string | undefined {
  try {
    const { [key]: part } = Object(parseWithoutNumbers(text))
    return part === undefined ? undefined : String(part)
  } catch {
    return undefined
  }
}
