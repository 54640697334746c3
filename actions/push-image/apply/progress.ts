import type { Log } from '../../../lib/log.ts'
import { renderBytes, renderSeconds } from '../../../lib/markdown.ts'
import type { Clock } from '../../../lib/wait.ts'

const intervalMs = 10_000

/** Logs the progress of the layers every ten seconds. */
export type Progress = {
  /** Counts bytes of the archive that were read; negative where a layer starts again. */
  count(bytes: number): void
  /** Adds bytes that have to be read as well. */
  expect(bytes: number): void
  stop(): void
}

/** Starts to log; nothing is logged for work that ends within the first ten seconds. */
export function startProgress(expectedBytes: number, { log, clock }: { log: Log; clock: Clock }): Progress {
  const ended = new AbortController()
  const start = clock.now()
  let totalBytes = expectedBytes
  let doneBytes = 0
  const tell = async () => {
    for (;;) {
      await clock.sleep(intervalMs, ended.signal)
      log.info(renderProgress({ doneBytes, totalBytes, seconds: (clock.now() - start) / 1000 }))
    }
  }
  // It ends with the abort below, and only so.
  tell().catch(() => {})
  return {
    count: (bytes) => {
      doneBytes += bytes
    },
    expect: (bytes) => {
      totalBytes += bytes
    },
    stop: () => ended.abort(),
  }
}

/** Renders one line: bytes, rate, time left. */
export function renderProgress({
  doneBytes,
  totalBytes,
  seconds,
}: {
  doneBytes: number
  totalBytes: number
  seconds: number
}): string {
  const rate = doneBytes / Math.max(seconds, 0.001)
  const left = rate > 0 ? `, about ${renderSeconds((totalBytes - doneBytes) / rate)} left` : ''
  return `${renderBytes(doneBytes)} of ${renderBytes(totalBytes)}, ${renderBytes(Math.round(rate))}/s${left}`
}
