// Controls, format characters (among them those that turn the direction of text) and line separators. The joiners
// that scripts and emoji need stay.
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Writes characters that have no shape of their own as escapes, such as `\n` and `\u{202e}`: the text is one line. */
export function visible(text: string): string {
  return text.replace(
    invisible,
    (character) => short[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
