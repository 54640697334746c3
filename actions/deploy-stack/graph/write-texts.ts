import { composeYaml } from '../../../lib/yaml-document.ts'

/** Writes texts into a YAML text, each at a path of keys, and leaves the rest as it is written. Throws UserError. */
export function writeTexts(
  text: string,
  file: string,
  texts: readonly { path: readonly string[]; value: string }[],
): string {
  const { document } = composeYaml(text, file, { schema: 'failsafe' })
  // A node of its own: the tag of the one that stands there goes with it.
  for (const { path, value } of texts) document.setIn(path, document.createNode(value))
  return document.toString({ lineWidth: 0 })
}
