import { expect, it } from 'vitest'
import { findStale } from '../../../actions/billing-report/apply/find-stale.ts'
import { digestOf, formatManifest } from '../../../actions/billing-report/plan/manifest.ts'

const [first, second] = ['2026-03-01', '2026-03-02']
const plan = (day: string, next: string) => ({ day, sqlDigest: 'sql', window: { first: day, next } })
const plans = [plan(first, second), plan(second, '2026-03-03')] as never
const file = (key: string) => ({ key, size: 1, etag: 'e' })
const read = [file('a'), file('b')]
const partition = (value: string, more: object = {}) => ({
  ...{ value, location: `s3://b/${value}/`, columns: [] },
  parameters: { sql: 'sql', files: digestOf(read), ...more },
})

/** Finds the stale days where these files arrived on each day, and were read by roll-ups with these manifests. */
async function find(
  partitions: ReturnType<typeof partition>[],
  arrived: Record<string, ReturnType<typeof file>[]>,
  manifest: string | Error = formatManifest(read),
) {
  const asked: string[] = []
  const objects = {
    read: async function* (location: string) {
      asked.push(location)
      if (manifest instanceof Error) throw manifest
      yield Buffer.from(manifest)
    },
  }
  const stale = await findStale(plans, partitions, new Map(Object.entries(arrived)), { objects } as never)
  return { stale: stale.map(({ plan: { day }, why }) => `${day} ${why}`), asked }
}

const all = [partition(first), partition(second)]
const gone = Object.assign(new Error('gone'), { name: 'NoSuchKey' })
const missing = `${first} missing`

it.each<[string, Parameters<typeof find>, string[]]>([
  ['no roll-up, one for a table to begin with', [[], {}], [missing]],
  ['no roll-up, and files on one day', [[], { [second]: read }], [`${second} missing`]],
  ['roll-ups of all', [all, { [first]: read, [second]: read }], []],
  ['no file on a day without a roll-up', [[partition(second)], { [second]: read }], []],
  ['a day without a roll-up', [[partition(second)], { [first]: read, [second]: read }], [missing]],
  ['a roll-up by other SQL', [[partition(first, { sql: 'old' })], { [first]: read }], [`${first} other SQL`]],
  ['a file that is gone from the log', [all, { [first]: [file('a')], [second]: read }], []],
  ['a file more', [all, { [first]: [...read, file('c')], [second]: read }], [`${first} new files`]],
  ['a manifest that is gone', [[partition(first)], { [first]: [file('a')] }, gone], [`${first} new files`]],
])('finds the days to roll up: %s', async (_, given, stale) => {
  expect((await find(...given)).stale).toEqual(stale)
})

it('reads a manifest only where the listing is another, and ends where it cannot be read', async () => {
  expect((await find(all, { [first]: read, [second]: read })).asked).toEqual([])
  const { asked } = await find(all, { [first]: read, [second]: [file('a')] })
  expect(asked).toEqual([`s3://b/${second}/_manifest.jsonl`])
  await expect(find(all, { [first]: [file('a')] }, new Error('denied'))).rejects.toThrow('denied')
})
