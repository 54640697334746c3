/** Puts `***` in the place of all that belongs to a secret, also where secrets overlap or one begins another. */
export function redact(text: string, secrets: Iterable<string>): string {
  const ranges = [...secrets].flatMap((secret) => findRanges(text, secret)).sort((a, b) => a.start - b.start)
  let shown = ''
  let end = 0
  for (const range of ranges) {
    if (range.start >= end) shown += `${text.slice(end, range.start)}***`
    end = Math.max(end, range.end)
  }
  return shown + text.slice(end)
}

type Range = { start: number; end: number }

function findRanges(text: string, secret: string): Range[] {
  const ranges: Range[] = []
  if (secret === '') return ranges
  for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + 1))
    ranges.push({ start, end: start + secret.length })
  return ranges
}
