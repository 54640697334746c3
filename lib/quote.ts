const longestQuote = 200

/** Quotes a text from outside in a message, cut to 200 characters. */
export const quote = (text: string) =>
  `"${text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text}"`

/** Lists texts in a message: the first ten, and how many more there are. */
export function listFirst(texts: readonly string[], separator = ', '): string {
  const most = 10
  const more = texts.length > most ? `${separator}and ${texts.length - most} more` : ''
  return texts.slice(0, most).join(separator) + more
}

/** Counts what became of things: `2 created, 1 changed`. */
export const countKinds = (kinds: readonly string[]): string =>
  [...new Set(kinds)].map((kind) => `${kinds.filter((each) => each === kind).length} ${kind}`).join(', ')
