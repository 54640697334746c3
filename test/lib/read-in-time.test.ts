import { expect, it } from 'vitest'
import { readInTime } from '../../lib/read-in-time.ts'

function start(read: () => Promise<string>, signal?: AbortSignal) {
  const lines: string[] = []
  const log = { info: (line: string) => lines.push(line) }
  const result = readInTime(read, { unread: 'x: not read', log, longestMs: 1, ...(signal && { signal }) })
  return { result, lines }
}
const never = () => new Promise<string>(() => {})

it('returns what was read', async () => {
  const { result, lines } = start(async () => 'found')
  expect([await result, lines]).toEqual(['found', []])
})

it('says why nothing was read: it took long, or failed', async () => {
  const late = start(never, new AbortController().signal)
  const failed = start(() => Promise.reject(new Error('denied')))
  expect([await late.result, await failed.result]).toEqual([undefined, undefined])
  expect([...late.lines, ...failed.lines]).toEqual([
    expect.stringMatching(/^x: not read: .*timeout/),
    'x: not read: denied',
  ])
})

it('ends with the run', async () => {
  const { result, lines } = start(never, AbortSignal.abort(new Error('cancelled')))
  await expect(result).rejects.toThrow('cancelled')
  expect(lines).toEqual([])
})
