import type { Known } from '../../../lib/ending.ts'
import { blocks } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'

// One line for each image, in the order of the archive; what is the same in each repository stands there once.
const listed = ['digest', 'image-uri', 'pushed-tags', 'tags']
const summed: Readonly<Record<string, number>> = { 'uploaded-bytes': 0, 'reused-bytes': 0, 'sent-seconds': 3 }

/** Combines what became of several images, or of one image in several repositories, into one outcome; that of one is its own. */
export function combineOutcomes(what: 'images' | 'repositories', outcomes: readonly Outcome[]): Outcome {
  const [first, ...others] = outcomes
  if (!first) throw new Error('a push without an image')
  if (others.length === 0) return first
  const valuesOf = (name: string) => outcomes.flatMap(({ outputs }) => outputs[name] ?? [])
  const isPlanned = first.outputs.result === 'planned'
  const result = outcomes.map(({ outputs }) => outputs.result).find((one) => one === 'pushed')
  const lines = listed.map((name) => [
    name,
    [...new Set(valuesOf(name).flatMap((value) => value.split('\n')))].join('\n'),
  ])
  const sums = Object.entries(summed).map(([name, digits]) => [
    name,
    valuesOf(name)
      .reduce((sum, value) => sum + Number(value), 0)
      .toFixed(digits),
  ])
  const named = {
    'image-name': first.outputs['image-name'] ?? '',
    ...(new Set(valuesOf('manifest')).size === 1 && { manifest: first.outputs.manifest ?? '' }),
    ...Object.fromEntries([...lines, ...sums]),
  }
  return {
    outputs: { ...(!isPlanned && named), result: result ?? first.outputs.result },
    summary: blocks(...outcomes.map(({ summary }) => summary)),
    report: { result: result ?? first.outputs.result, [what]: outcomes.map(({ report }) => report) },
    failure: outcomes.flatMap(({ failure }) => failure ?? []).join('; ') || undefined,
  }
}

/** Adds what was pushed before, and what would have been pushed next, to what is known of a push. */
export const addOthers = (
  known: Known,
  earlier: readonly Outcome[],
  later: readonly string[] = [],
): Known => ({
  ...known,
  notDone: [...(known.notDone ?? []), ...later],
  done: [...earlier.map(({ outputs }) => `pushed ${outputs['image-uri']}`), ...(known.done ?? [])],
})
