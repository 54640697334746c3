import { composeYaml } from '../../../lib/yaml-document.ts'

/** A text, or a map of texts, and the path of keys at which it stands. */
export type PathText = { path: readonly string[]; value: string | Readonly<Record<string, string>> }

/** Writes texts into a YAML text, each at a path of keys, and leaves the rest as it is written. Throws UserError. */
export function writeTexts(text: string, file: string, texts: readonly PathText[]): string {
  if (texts.length === 0) return text
  const { document } = composeYaml(text, file, { schema: 'failsafe' })
  // A node of its own: the tag of the one that stands there goes with it.
  for (const { path, value } of texts) document.setIn(path, document.createNode(value))
  // What is new gets quotes: without them, 012 would be a number.
  return document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' })
}
