/** Finds the candidate that takes the fewest edits to reach, if any is near enough to be meant. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best && best.edits <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined
}

/** Suggests the candidate that may be meant, as the end of a sentence about a name; '' where none is near enough. */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const hint = nearest(name, candidates)
  return hint ? `; did you mean "${hint}"` : ''
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, right] of [...b].entries()) {
      const substitution = (row[j] ?? 0) + (left === right ? 0 : 1)
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
