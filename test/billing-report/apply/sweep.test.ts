import { expect, it } from 'vitest'
import { sweep } from '../../../actions/billing-report/apply/sweep.ts'
import { fakeClock } from '../../fakes/clock.ts'

const clock = fakeClock()
const ago = (hours: number) => clock.now() - hours * 3_600_000
const [run, other] = ['0123456789ab', 'ba9876543210']

type Left = { tables?: Record<string, number>; objects?: Record<string, number>; fails?: boolean }

/** Sweeps what earlier runs have left, by its age in hours, for a run that works on a day and a month. */
async function sweepAll({ tables = {}, objects = {}, fails = false }: Left) {
  const removed: string[] = []
  const lines: string[] = []
  const list = async function* (_: string, { prefix }: { prefix: string }) {
    for (const [key, hours] of Object.entries(objects))
      if (key.startsWith(prefix)) yield { key, modified: ago(hours) }
  }
  const aws = {
    tables: {
      list: async () => {
        if (fails) throw new Error('denied')
        return Object.entries(tables).map(([name, hours]) => ({ name, created: ago(hours) }))
      },
      remove: async (_: string, name: string) => void removed.push(name),
    },
    partitions: {
      list: async (_: string, table: string) => [{ location: `s3://b/rollup/${table}/run=shown/` }],
    },
    objects: { list, remove: async (_: string, keys: string[]) => void removed.push(...keys) },
  }
  const log = { info: (line: string) => lines.push(line), warning: (line: string) => lines.push(line) }
  const context = { clock, log, signal: new AbortController().signal }
  const session = { aws, context, bucket: 'b', inputs: { database: 'd' }, runId: `${run}cdef` }
  await sweep(['2026-03-05', '2026-03'], session as never)
  return { removed, lines }
}

it('removes the tables that runs staged and left: at once those of the same periods, others when they are old', async () => {
  const { removed, lines } = await sweepAll({
    tables: {
      [`rollup_2026_03_05_${other}`]: 1,
      [`rollup_2026_03_05_${other}_2`]: 1,
      [`usage_2026_03_${other}`]: 1,
      [`rollup_2026_04_06_${other}`]: 12,
      [`usage_2026_02_whole_${other}_again`]: 12,
    },
  })
  expect(removed).toHaveLength(5)
  expect(lines[0]).toBe(`remove the table rollup_2026_03_05_${other} of an earlier run`)
})

it.each([
  ['of this run', `rollup_2026_03_05_${run}`, 12],
  ['that another run may work with', `rollup_2026_04_06_${other}`, 11],
  ['of the month before that another run may work with', `usage_2026_02_${other}`, 1],
  ['that is no stage', 'rollup_days', 99],
  ['of others that begins alike', `rollup_2026_03_05_${other}_mine`, 99],
  ['of others that ends alike', `my_rollup_2026_03_05_${other}`, 99],
])('keeps a table %s', async (_, name, hours) => {
  expect((await sweepAll({ tables: { [name]: hours } })).removed).toEqual([])
})

it('removes the objects of roll-ups that no partition has shown for a day, whole runs only', async () => {
  const { removed } = await sweepAll({
    objects: {
      'rollup/day=2026-03-05/run=old/1': 25,
      'rollup/day=2026-03-05/run=old/2': 30,
      'usage/month=2026-03/run=old/1': 25,
      'rollup/day=2026-03-05/run=young/1': 25,
      'rollup/day=2026-03-05/run=young/2': 23,
      'rollup/rollup_daily/run=shown/1': 99,
      'usage/month=2026-03/file': 99,
      'bills/run=x/1': 99,
    },
  })
  expect(removed).toEqual([
    'rollup/day=2026-03-05/run=old/1',
    'rollup/day=2026-03-05/run=old/2',
    'usage/month=2026-03/run=old/1',
  ])
})

it('ends no run when it fails', async () => {
  expect((await sweepAll({ fails: true })).lines).toEqual([
    'what earlier runs left was not cleaned up: denied',
  ])
})
