/** A character that CloudFormation does not give back of a template: it gives `?`. */
export const beyondAscii = /[^\0-\x7f]/

/** Makes the same of a text and of what CloudFormation gives back of it. */
export const mangle = (text: string): string => text.replace(/(?:\?|[^\0-\x7f])+/g, '?')

/**
 * Puts characters beyond ASCII back into a template that CloudFormation gave, as they stand in the template that is
 * written now: where several texts may be meant, in their order, if there are as many. All else stays as it is given.
 */
export function restoreCharacters(given: string, written: string): string {
  if (!beyondAscii.test(written)) return given
  const pieces = split(given)
  const meant = Map.groupBy(split(written), keyOf)
  const restored = new Map(
    [...Map.groupBy(pieces, keyOf)].map(([key, before]) => [
      key,
      chooseMeant(before, meant.get(key) ?? []).values(),
    ]),
  )
  return pieces
    .map((piece) => {
      const text: string = restored.get(keyOf(piece))?.next().value ?? piece
      return piece.replace(piece.trim(), () => text.trim())
    })
    .join('')
}

function chooseMeant(before: readonly string[], meant: readonly string[]): readonly string[] {
  const [one] = meant
  if (one !== undefined && new Set(meant).size === 1) return before.map(() => one)
  return meant.length === before.length ? meant : before
}

// Quotes and lines part the texts of a template, in YAML as in JSON on one line.
const split = (text: string) => text.split(/(["'\n])/)

const keyOf = (piece: string) => mangle(piece.trim())
