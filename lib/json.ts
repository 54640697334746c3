/** Parses a text from outside as JSON; undefined where it is none. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g

/**
 * Parses a text as JSON with a text in place of each number, which `spell` makes of what is written: for JavaScript, `1.0`
 * is 1 and a long number another one. Throws SyntaxError.
 */
export function parseWithoutNumbers(
  text: string,
  spell: (number: string) => string = (number) => number,
): unknown {
  // What is no JSON must not become some; a reviver would tell what is written too, for twenty times the time.
  JSON.parse(text)
  const spelled = text.replace(stringOrNumber, (token) =>
    token.startsWith('"') ? token : JSON.stringify(spell(token)),
  )
  return JSON.parse(spelled)
}
