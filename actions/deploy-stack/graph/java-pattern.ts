import { literal, readNamedClass } from './java-class.ts'

/** Reads a pattern from left to right; `take` removes what an expression matches at this place. */
type Reader = { take(expression: RegExp): string | undefined; isAtEnd(): boolean }

function makeReader(pattern: string): Reader {
  let at = 0
  return {
    take(expression) {
      const sticky = new RegExp(expression.source, 'suy')
      sticky.lastIndex = at
      const [found] = sticky.exec(pattern) ?? []
      if (found !== undefined) at += found.length
      return found
    },
    isAtEnd: () => at >= pattern.length,
  }
}

/** Something that only Java can read, or that means something else in JavaScript. */
class Untranslatable extends Error {}

/**
 * Translates a pattern of Java to JavaScript, for whole values; undefined where the two may differ. It may match more
 * values than Java does, but never fewer.
 */
export function translatePattern(pattern: string): RegExp | undefined {
  const reader = makeReader(pattern)
  try {
    // Flags for the whole pattern.
    const flags = /^\(\?([is]+)\)$/.exec(reader.take(/\(\?[is]+\)/) ?? '')?.[1] ?? ''
    const parts: string[] = []
    while (!reader.isAtEnd()) parts.push(readPart(reader))
    const source = parts.join('')
    // What is possessive matches less. To read it as greedy matches more, but less where it must not match.
    if (/\(\?<?!/.test(source) && /[*+?}]\+|\(\?>/.test(pattern)) return undefined
    return new RegExp(`^(?:${source})$`, `v${[...new Set(flags)].join('')}`)
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof SyntaxError) return undefined
    throw error
  }
}

function readPart(reader: Reader): string {
  const quoted = reader.take(/\\Q[\s\S]*?(?:\\E|$)/)
  if (quoted !== undefined) return [...quoted.replace(/^\\Q/, '').replace(/\\E$/, '')].map(literal).join('')
  const same = reader.take(/\(\?(?::|=|!|<=|<!|<[A-Za-z][A-Za-z0-9]*>|[is]+:)|\((?!\?)|[).|^$]/)
  if (same !== undefined) return same
  if (reader.take(/\(\?>/) !== undefined) return '(?:'
  const quantifier = reader.take(/(?:[*+?]|\{\d+(?:,\d*)?\})[?+]?/)
  if (quantifier !== undefined) return quantifier.replace(/(?<=.)\+$/, '')
  if (reader.take(/\[/) !== undefined) return readClass(reader)
  const plain = reader.take(/[^\\()[\]{}*+?|^$.#]|[#}\]]/)
  return plain === undefined ? readEscape(reader) : literal(plain)
}

function readEscape(reader: Reader): string {
  if (reader.take(/\\A/) !== undefined) return '(?<![sS])'
  if (reader.take(/\\[zZ]/) !== undefined) return '(?![sS])'
  // A group by its number; with more digits, Java looks for the group that exists.
  const group = reader.take(/\\[1-9](?!\d)/)
  return group ?? readCharacter(reader) ?? readNamed(reader)
}

function readNamed(reader: Reader): string {
  const named = readNamedClass(reader.take(/\\[pP](?:\{\w+\}|[A-Z])|\\[a-zA-Z]/) ?? '')
  if (named === undefined) throw new Untranslatable()
  return named
}

const controls: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  a: '\u0007',
  e: '\u001b',
}

const readHex = (digits: string) => Number.parseInt(digits, 16)

/** Reads an escape that stands for one character. */
function readCharacter(reader: Reader): string | undefined {
  // Two escapes of UTF-16 that make one character.
  const pair = reader.take(/\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}/)
  if (pair !== undefined) return literal(String.fromCharCode(...pair.split('\\u').slice(1).map(readHex)))
  const code = reader.take(/\\x[\da-fA-F]{2}|\\u[\da-fA-F]{4}/)
  if (code !== undefined) return `\\u{${code.slice(2)}}`
  const control = reader.take(/\\[tnrfae]/)
  if (control !== undefined) return literal(controls[control.slice(1)] ?? '')
  const escaped = reader.take(/\\[^a-zA-Z0-9]/)
  return escaped === undefined ? undefined : literal(escaped.slice(1))
}

/** Reads a class after its bracket. */
function readClass(reader: Reader): string {
  const isNegated = reader.take(/\^/) !== undefined
  if (reader.take(/\]/) !== undefined) throw new Untranslatable()
  const parts: string[][] = [[]]
  while (reader.take(/\]/) === undefined) {
    if (reader.isAtEnd()) throw new Untranslatable()
    if (reader.take(/&&/) !== undefined) parts.push([])
    else parts.at(-1)?.push(readClassItem(reader))
  }
  const isNested =
    parts.length > 1 || parts.flat().some((part) => part.startsWith('[') && part.endsWith('\u0000'))
  // Versions of Java differ in what is negated.
  if (isNegated && isNested) throw new Untranslatable()
  if (parts.some((part) => part.length === 0)) throw new Untranslatable()
  const sets = parts.map((part) => part.map((item) => item.replace('\u0000', '')).join(''))
  return sets.length > 1
    ? `[${sets.map((set) => `[${set}]`).join('&&')}]`
    : `[${isNegated ? '^' : ''}${sets[0]}]`
}

function readClassItem(reader: Reader): string {
  // Marked, to tell it from a class that is only named.
  if (reader.take(/\[/) !== undefined) return `${readClass(reader)}\u0000`
  const from = reader.take(/[^\\[\]&]|&(?!&)/)
  const first = from === undefined ? readCharacter(reader) : literal(from)
  if (first === undefined) return readNamed(reader)
  // A dash before the closing bracket stands for itself.
  if (reader.take(/-(?!\])/) === undefined) return first
  const to = reader.take(/[^\\[\]&]|&(?!&)/)
  const last = to === undefined ? readCharacter(reader) : literal(to)
  // `a-\d` and `a-[b]` mean different things in different versions of Java.
  if (last === undefined) throw new Untranslatable()
  return `${first}-${last}`
}
