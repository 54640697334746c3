import { expect, it } from 'vitest'
import { readAuthor } from '../../../../lib/service/pause-state/author.ts'
import { newPauseState, type PauseState, pauseStateKey } from '../../../../lib/service/pause-state/state.ts'
import { updatePauseState } from '../../../../lib/service/pause-state/states.ts'
import { type FakeObjects, fakePauseStates } from '../../../fakes/toolkit.ts'

const place = { cluster: 'c', service: 's' }
const wake = (state: PauseState | undefined): PauseState => ({
  ...(state ?? newPauseState('c', 's')),
  keepAwake: {
    at: '2026-11-23T20:00:00.000Z',
    by: 'me',
    reason: '',
    runUrl: '',
    until: '2026-11-24T20:00:00.000Z',
  },
})

it('changes the state that is there, or makes the first one', async () => {
  const states = fakePauseStates(new Map())
  expect(await updatePauseState(states, place, () => undefined)).toBeUndefined()
  const made = await updatePauseState(states, place, wake)
  expect(made).toEqual(wake(undefined))
  expect(await updatePauseState(states, place, () => undefined)).toEqual(made)
})

it('changes what another one has written meanwhile, and loses nothing of it', async () => {
  const objects: FakeObjects = new Map()
  const states = fakePauseStates(objects)
  const other = {
    id: 'x',
    operation: 'pause' as const,
    at: '2026-11-23T20:00:00.000Z',
    by: '',
    reason: '',
    runUrl: '',
  }
  let reads = 0
  const raced = {
    ...states,
    read: async (cluster: string, service: string) => {
      const found = await states.read(cluster, service)
      if (reads++ === 0)
        await updatePauseState(states, place, (state) => ({
          ...(state ?? newPauseState('c', 's')),
          wish: other,
        }))
      return found
    },
  }
  expect(await updatePauseState(raced, place, wake)).toEqual({ ...wake(undefined), wish: other })
})

it('gives up where others are always faster, and where the state is damaged', async () => {
  const slow = { ...fakePauseStates(new Map()), write: async () => undefined }
  await expect(updatePauseState(slow, place, wake)).rejects.toThrow('others changed the saved state 10 times')
  const damaged = fakePauseStates(new Map([[pauseStateKey('c', 's'), Buffer.from('{')]]))
  await expect(updatePauseState(damaged, place, wake)).rejects.toThrow('expected JSON')
})

it('reads who runs it from the variables of the runner', () => {
  const env = {
    ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '7' },
    ...{ GITHUB_ACTOR: 'bot', GITHUB_TRIGGERING_ACTOR: 'octocat', GITHUB_EVENT_NAME: 'schedule' },
  }
  const author = { at: '2026-11-23T20:00:00.000Z', runUrl: 'https://github.com/o/r/actions/runs/7' }
  const now = Date.parse(author.at)
  expect(readAuthor(env, { reason: undefined, now })).toEqual({
    ...author,
    by: 'octocat',
    reason: 'schedule',
  })
  expect(readAuthor({ ...env, GITHUB_TRIGGERING_ACTOR: '' }, { reason: 'night', now })).toMatchObject({
    by: 'bot',
    reason: 'night',
  })
  for (const name of ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID'])
    expect(readAuthor({ ...env, [name]: undefined }, { reason: '', now }).runUrl).toBe('')
  expect(readAuthor({}, { reason: undefined, now })).toEqual({
    at: author.at,
    by: '',
    reason: '',
    runUrl: '',
  })
})
