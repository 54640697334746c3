// What Java's names of character classes mean without UNICODE_CHARACTER_CLASS, in JavaScript's `v` mode:
// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
const posix: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\u{0}-\\u{7f}',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: '0-9A-Za-z',
  Punct: '\\u{21}-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{60}\\u{7b}-\\u{7e}',
  Graph: '\\u{21}-\\u{7e}',
  Print: '\\u{20}-\\u{7e}',
  Blank: '\\u{20}\\u{9}',
  Cntrl: '\\u{0}-\\u{1f}\\u{7f}',
  XDigit: '0-9A-Fa-f',
  Space: '\\u{9}-\\u{d}\\u{20}',
  IsAlphabetic: '\\p{Alphabetic}',
  IsLetter: '\\p{L}',
  IsDigit: '\\p{Nd}',
  IsLowercase: '\\p{Lowercase}',
  IsUppercase: '\\p{Uppercase}',
  IsWhite_Space: '\\p{White_Space}',
}
const short: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\u{9}-\\u{d}\\u{20}',
  h: '\\u{20}\\u{9}\\u{a0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}',
}
const category = /^(?:Is)?(L[ultmoC]?|M[nce]?|N[dlo]?|Z[slp]?|C[cfnos]?|P[cdseifo]?|S[mcko]?)$/

/** Writes one character of a pattern so that it stands for itself everywhere. */
export const literal = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`

/** Translates `\d`, `\S`, `\p{Alpha}` and their like to a class of JavaScript; undefined for any other escape. */
export function readNamedClass(text: string): string | undefined {
  const [, letter = '', name] = /^\\([a-zA-Z])(?:\{(\w+)\}|([A-Z]))?$/.exec(text) ?? []
  const isNegated = letter !== letter.toLowerCase()
  const content =
    letter.toLowerCase() === 'p' ? readProperty(name ?? text.slice(2)) : short[letter.toLowerCase()]
  if (content === undefined) return undefined
  return `[${isNegated ? '^' : ''}${content}]`
}

function readProperty(name: string): string | undefined {
  const [, general] = category.exec(name) ?? []
  if (general) return `\\p{${general === 'LC' ? 'LC' : general}}`
  return Object.hasOwn(posix, name) ? posix[name] : undefined
}
