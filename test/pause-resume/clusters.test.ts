import { expect, it } from 'vitest'
import { runClusters } from '../../actions/pause-resume/run/clusters.ts'
import type { Known } from '../../lib/ending.ts'
import { md } from '../../lib/markdown.ts'
import { makeContext } from '../fixtures/context.ts'

const chosen = (cluster: string) => ({ cluster, services: [] })
const outcome = {
  outputs: { result: 'paused', state: '[]' },
  summary: md`fine`,
  report: { result: 'paused' },
}

/** Works on clusters whose runs end as `work` says; tells what the run would report were it cut now, too. */
async function act(
  names: readonly string[],
  work: (cluster: string, remember: (known: Known) => void) => void,
) {
  const remembered: (() => Known)[] = []
  const context = { ...makeContext(), remember: (known: () => Known) => void remembered.push(known) }
  const joined = await runClusters(names.map(chosen) as never, context as never, async ({ cluster }, own) => {
    work(cluster, (known) => own.remember(() => known))
    return outcome
  })
  return { ...joined, known: remembered[0]?.() }
}

it('joins what is known of each cluster, by its name, for a run that is cut', async () => {
  const { known } = await act(['a', 'b'], (cluster, remember) =>
    remember({
      ...{ title: cluster, done: [`${cluster} is down`], costs: cluster === 'b' ? ['1 USD'] : [] },
      ...(cluster === 'a' && { notDone: ['web'], goesOn: ['api'], details: md`more` }),
    }),
  )
  expect(known).toEqual({
    ...{ title: 'a, b', done: ['a: a is down', 'b: b is down'], notDone: ['a: web'], goesOn: ['a: api'] },
    ...{ costs: ['b: 1 USD'], details: { markdown: 'more' } },
  })
})

it('goes on with the others where one cluster fails, and tells what was done there', async () => {
  const { outputs, failure, summary } = await act(['a', 'b'], (cluster, remember) => {
    if (cluster === 'b') return
    remember({ title: 'a', done: ['web is down'] })
    throw new Error('denied')
  })
  expect([outputs.result, failure]).toEqual(['failed', expect.stringContaining('a: denied')])
  expect(summary.markdown).toContain('web is down')
  expect(summary.markdown).toContain('fine')
})

it('throws what goes wrong in the only cluster, whose run remembers for itself', async () => {
  const failing = act(['a'], () => {
    throw new Error('denied')
  })
  await expect(failing).rejects.toThrow('denied')
})
