import type { Graph } from '../graph/graph.ts'
import type { Template } from '../graph/template.ts'

/** Lists the values of parameters that their templates hide with NoEcho: given, and in stacks.yml. */
export function listSecrets(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  given: ReadonlyMap<string, string>,
): string[] {
  return [...graph.values()].flatMap((entry) => {
    const declared = [...(templates.get(entry.key)?.parameters ?? [])]
    return declared
      .filter(([, { noEcho }]) => noEcho)
      .flatMap(([name]) => [
        given.get(`${entry.key}.${name}`),
        given.get(name),
        ...(entry.parameters.get(name) ?? []).map((piece) =>
          piece.kind === 'text' ? piece.text : undefined,
        ),
      ])
      .filter((value) => value !== undefined)
  })
}
