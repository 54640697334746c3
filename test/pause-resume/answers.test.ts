import { expect, it } from 'vitest'
import { turnAnswers } from '../../actions/pause-resume/apply/answers.ts'
import type { PausedAnswers } from '../../lib/aws/paused-answers.ts'

/** Switches the answers for services, of which one runs, on a load balancer with one rule for each target group. */
async function turn(operation: 'pause' | 'resume', isOn: boolean, answers: Partial<PausedAnswers> = {}) {
  const told: string[] = []
  const turned: unknown[] = []
  const services = [
    { desired: 0, targetGroups: ['stopped'] },
    { desired: 2, targetGroups: ['running'] },
  ]
  const pausedAnswers: PausedAnswers = {
    find: async (groups) => groups.map((group) => ({ rule: `rule-${group}`, isOn, targetGroups: [group] })),
    turn: async (...change) => void turned.push(change),
    ...answers,
  }
  const tell = (line: string) => void told.push(line)
  const log = { info: tell, warning: tell, mask: () => {} }
  await turnAnswers(operation, services, { aws: { pausedAnswers }, log })
  await turnAnswers(operation, [{ desired: 0, targetGroups: [] }], { aws: { pausedAnswers }, log })
  return { told, turned }
}

it('begins to answer for what is paused, ends it for what runs, and tells of each', async () => {
  expect(await turn('pause', false)).toEqual({
    told: ['answer requests with 503, paused: rule-stopped'],
    turned: [['rule-stopped', true]],
  })
  expect(await turn('resume', true)).toEqual({
    told: ['stop answering requests with 503, paused: rule-running'],
    turned: [['rule-running', false]],
  })
})

it('is no failure where it is denied, and not asked for services without target groups', async () => {
  const asked: unknown[] = []
  const find: PausedAnswers['find'] = async (groups) => {
    asked.push(groups)
    throw new Error('denied')
  }
  expect((await turn('pause', false, { find })).told).toEqual([
    'the answer of the load balancer for paused services stays as it is: denied',
  ])
  expect(asked).toEqual([['stopped', 'running']])
})
