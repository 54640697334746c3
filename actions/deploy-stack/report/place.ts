import type { StackResult } from '../apply/outcome.ts'
import type { Template } from '../graph/template.ts'

/** A stack, and the template that it is made from, where that is known. */
type Step = { stackName: string; template?: Pick<Template, 'path' | 'body'> }

/** Finds where the first resource that failed stands in its template: file, and line from 1. */
export function findPlace(
  steps: readonly Step[],
  results: readonly StackResult[],
): { file: string; line: number } | undefined {
  for (const { stackName, outcome } of results) {
    if (!('logicalId' in outcome) || outcome.logicalId === undefined) continue
    const template = steps.find((step) => step.stackName === stackName)?.template
    const line = template && findLine(template.body, outcome.logicalId)
    if (template && line !== undefined) return { file: template.path, line }
  }
  return undefined
}

// The other sections may have the same name, and stand before.
function findLine(body: string, logicalId: string): number | undefined {
  const lines = body.split('\n')
  const start = lines.findIndex((line) => /^\s*["']?Resources["']?\s*:/.test(line))
  const at = lines.findIndex((line, at) => at > start && keyOf(line) === logicalId)
  return start < 0 || at < 0 ? undefined : at + 1
}

const keyOf = (line: string) => /^\s+["']?([A-Za-z0-9]+)["']?\s*:/.exec(line)?.[1]
