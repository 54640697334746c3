import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { renderProgress, startProgress } from '../../../actions/push-image/apply/progress.ts'

const mebibyte = 1024 ** 2

/** A clock whose sleeps end when the test says so. */
function handClock() {
  let now = 0
  let wake = () => {}
  return {
    now: () => now,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
        wake = () => {
          now += milliseconds
          resolve()
        }
      }),
    pass: async () => {
      wake()
      await setImmediate()
    },
  }
}

it('tells bytes, rate and time left', () => {
  const line = renderProgress({ doneBytes: 20 * mebibyte, totalBytes: 80 * mebibyte, seconds: 10 })
  expect(line).toBe('20.0 MiB of 80.0 MiB, 2.0 MiB/s, about 30.0 s left')
})

it('tells no time left before the first byte', () => {
  expect(renderProgress({ doneBytes: 0, totalBytes: mebibyte, seconds: 10 })).toBe('0 B of 1.0 MiB, 0 B/s')
})

it('says a line each ten seconds, and none after its end', async () => {
  const clock = handClock()
  const lines: string[] = []
  const log = { info: (line: string) => lines.push(line), warning: () => {}, mask: () => {} }
  const progress = startProgress(20 * mebibyte, { log, clock })
  progress.count(10 * mebibyte)
  await clock.pass()
  // A layer that starts again takes back what it counted; one that cannot be mounted is read too.
  progress.count(-5 * mebibyte)
  progress.expect(10 * mebibyte)
  await clock.pass()
  progress.stop()
  await clock.pass()
  expect(lines).toEqual([
    '10.0 MiB of 20.0 MiB, 1.0 MiB/s, about 10.0 s left',
    '5.0 MiB of 30.0 MiB, 256.0 KiB/s, about 1 min 40 s left',
  ])
})
