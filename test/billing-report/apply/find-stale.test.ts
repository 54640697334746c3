import { expect, it } from 'vitest'
import { findStale, tellGone } from '../../../actions/billing-report/apply/find-stale.ts'
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
  return { all: stale, stale: stale.map(({ plan: { day }, why }) => `${day} ${why}`), asked }
}

const of = (day: string, name: string) =>
  file(`log/year=${day.slice(0, 4)}/month=${day.slice(5, 7)}/day=${day.slice(8)}/${name}`)
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
])('finds the days to roll up: %s', async (_, given, stale) => {
  expect((await find(...given)).stale).toEqual(stale)
})

const ofFirst = [of(first, 'a'), of(first, 'b')]
const own = (value: string, more: object = {}) => partition(value, { files: digestOf(ofFirst), ...more })
const listed = [own(first), own(second)]

it.each<[string, Parameters<typeof find>, Record<string, string[]>]>([
  [
    'a new file, and one that is gone',
    [listed, { [first]: [of(first, 'b'), of(first, 'c')] }],
    { [first]: ['a'] },
  ],
  ['other SQL, and all files gone', [[own(first, { sql: 'old' })], {}], { [first]: ['a', 'b'] }],
  [
    'a file in another version',
    [listed, { [first]: [of(first, 'a'), { ...of(first, 'b'), etag: 'f' }] }],
    { [first]: [] },
  ],
  [
    'files of days that the roll-up does not read any more',
    [[own(second, { sql: 'old' })], {}],
    { [second]: [] },
  ],
])(
  'tells which files a roll-up would lack that the one before has read: %s',
  async (_, [given, arrived], gone) => {
    const { all: stale } = await find(given, arrived, formatManifest(ofFirst))
    const found = stale.map((each) => [each.plan.day, each.gone])
    const expected = Object.entries(gone).map(([day, names]) => [
      day,
      names.map((name) => of(first, name).key),
    ])
    expect(found).toEqual(expected)
  },
)

it.each<[string, string | Error, object, string[]]>([
  ['is gone', gone, {}, [`${first} new files`]],
  ['is gone, while the SQL is another', gone, { sql: 'old' }, [`${first} other SQL`]],
  ['lacks a line', formatManifest(ofFirst.slice(1)), {}, [`${first} new files`]],
  ['is empty', '', {}, [`${first} new files`]],
])('knows not what a roll-up would lack where the manifest %s', async (_, manifest, more, expected) => {
  const found = await find([own(first, more)], { [first]: [of(first, 'b'), of(first, 'c')] }, manifest)
  expect(found.stale).toEqual(expected)
  expect(found.all.map((each) => each.gone)).toEqual(['unknown'])
  expect(tellGone(found.all, 'db')).toBe(
    'roll-up of 2026-03-01: expected all files in the log that it was made from, since others have arrived or its SQL is another, got no _manifest.jsonl that lists those of 2026-03-01; restore them, or delete the partition of each such day from db.rollup_daily, so that only what is left counts',
  )
})

it('tells of the days that would lose rows, and how many files of which day are missing', () => {
  const days = ['10', '11', '12', '13'].map((day) => `2026-08-${day}`)
  const stale = (names: string[], count: number) =>
    names.map((day, at) => ({
      plan: { day },
      gone: days.slice(at, at + count).map((arrival) => of(arrival, 'a').key),
    })) as never
  expect(tellGone(stale(days, 0), 'db')).toBeUndefined()
  expect(tellGone(stale(days.slice(0, 1), 1), 'db')).toBe(
    'roll-up of 2026-08-10: expected all files in the log that it was made from, since others have arrived or its SQL is another, got some missing (1 file: 1 of 2026-08-10); restore them, or delete the partition of each such day from db.rollup_daily, so that only what is left counts',
  )
  // Roll-ups of days that follow each other have read the same files.
  expect(tellGone(stale(days.slice(0, 2), 4), 'db')).toContain(
    'of 2026-08-10, 2026-08-11: expected all files in the log that it was made from, since others have arrived or its SQL is another, got some missing (4 files: 1 of 2026-08-10, 1 of 2026-08-11, 1 of 2026-08-12, and those of 1 more days)',
  )
})

it('reads a manifest only where the listing is another, and ends where it cannot be read', async () => {
  expect((await find(all, { [first]: read, [second]: read })).asked).toEqual([])
  const { asked } = await find(all, { [first]: read, [second]: [file('a')] })
  expect(asked).toEqual([`s3://b/${second}/_manifest.jsonl`])
  await expect(find(all, { [first]: [file('a')] }, new Error('denied'))).rejects.toThrow('denied')
})
