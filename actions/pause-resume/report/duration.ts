const minuteMs = 60_000

/** Renders a time in milliseconds as a person reads it: `40 s`, `5 min`, `2 h 5 min`, `3 d 4 h`. */
export function renderDuration(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.round(ms / 1000))} s`
  const minutes = Math.floor(ms / minuteMs)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  const parts = days > 0 ? [`${days} d`, `${hours} h`] : [`${hours} h`, `${minutes % 60} min`]
  return parts.filter((part) => !part.startsWith('0 ')).join(' ')
}
