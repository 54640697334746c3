import { UserError } from '../../../lib/errors.ts'

/** A piece of a parameter's value in stacks.yml. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'output'; stack: string; output: string }
  | { kind: 'setting'; name: 'prefix' | 'account' | 'region' }
  | PausedPiece
  /** A variable of the environment. */
  | { kind: 'env'; name: string }
  /** The content of a file; its path is relative to the working folder. */
  | { kind: 'file'; path: string }
  | StoredPiece

/** Whether a service is paused; `${prefix}` may stand within either name. */
type PausedPiece = { kind: 'paused'; cluster: string; service: string }

/** Puts the prefix into a name. */
export const fillPrefix = (name: string, prefix: string): string => name.replaceAll('$' + '{prefix}', prefix)

/** Names the service that a piece asks about. */
export const namePaused = ({ cluster, service }: PausedPiece, prefix: string) => ({
  cluster: fillPrefix(cluster, prefix),
  service: fillPrefix(service, prefix),
})

/** A value that AWS keeps; of a secret in JSON, `key` names a part. */
export type StoredPiece =
  | { kind: 'ssm'; name: string }
  | { kind: 'secret'; name: string; key: string | undefined }

/** Names a value that AWS keeps: `ssm /app/size`. */
export const nameStored = ({ kind, name }: StoredPiece): string => `${kind} ${name}`

/** A parameter's value: pieces that stand one behind the other. */
export type Value = readonly Piece[]

/**
 * Parses a value such as `${storage.LogBucketName}` or `arn:aws:s3:::${prefix}-x`, in which `$${` is a literal `${`;
 * `place` is for the message.
 */
export function parseValue(text: string, place: string): Value {
  const pieces = text
    .split(/(\$\$\{|\$\{(?:[^{}]|\$\{prefix\})*\})/)
    .filter((piece) => piece !== '')
    .map((piece): Piece => {
      if (piece === '$' + '${') return { kind: 'text', text: '$' + '{' }
      return piece.startsWith('${')
        ? parseReference(piece.slice(2, -1), place)
        : { kind: 'text', text: piece }
    })
  return joinTexts(pieces)
}

/** Joins texts that stand one behind the other. */
export function joinTexts(pieces: Value): Value {
  const joined: Piece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (last?.kind !== 'text' || piece.kind !== 'text') joined.push(piece)
    else joined.splice(-1, 1, { kind: 'text', text: last.text + piece.text })
  }
  return joined
}

// Names as ECS allows them: they become a part of an object's key.
const pausedPattern =
  /^paused:((?:[A-Za-z0-9_-]|\$\{prefix\}){1,255})\/((?:[A-Za-z0-9_-]|\$\{prefix\}){1,255})$/

function parseReference(reference: string, place: string): Piece {
  if (reference === 'prefix' || reference === 'account' || reference === 'region') {
    return { kind: 'setting', name: reference }
  }
  const [, cluster, service] = pausedPattern.exec(reference) ?? []
  if (cluster && service) return { kind: 'paused', cluster, service }
  const [, stack, output] = /^([a-z][a-z0-9-]*)\.([A-Za-z0-9]+)$/.exec(reference) ?? []
  if (stack && output) return { kind: 'output', stack, output }
  throw new UserError(
    `${place}: expected \${stack.Output}, \${prefix}, \${account}, \${region} or \${paused:cluster/service}, got "\${${reference}}"; write $\${ for a literal \${`,
  )
}

/** Lists the stacks whose outputs a value refers to. */
export function stacksOf(value: Value): string[] {
  return value.flatMap((piece) => (piece.kind === 'output' ? [piece.stack] : []))
}
