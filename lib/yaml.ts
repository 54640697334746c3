import { type Document, isScalar, type Scalar, visit } from 'yaml'
import { composeYaml, type ParsedYaml, refuseAt } from './yaml-document.ts'

/**
 * Parses a YAML text. Throws UserError with file, line and column, also for a key that stands twice, for a second
 * document, and for a text that is too large. Tags that are not known are let through.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const parsed = composeYaml(text, file)
  const double = findDoubleKey(parsed.document)
  if (double) throw refuseAt(parsed, file, double.range?.[0] ?? 0, 'Map keys must be unique')
  const more = parsed.second?.contents
  // What stands behind `---` would be left out without a word.
  if (more && !(isScalar(more) && more.value === null))
    throw refuseAt(parsed, file, more.range?.[0] ?? 0, 'expected one document, got a second one')
  return parsed
}

function findDoubleKey(document: Document): Scalar | undefined {
  let double: Scalar | undefined
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) double = key
        keys.add(key.value)
      }
      return double ? visit.BREAK : undefined
    },
  })
  return double
}
