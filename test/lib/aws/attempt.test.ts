import { expect, it } from 'vitest'
import { makeAttempt } from '../../../lib/aws/evidence/attempt.ts'

const failing = (name: string) => async () => {
  throw Object.assign(new Error('no'), { name })
}

it('reads what it can, and notes what it could not, but for what is gone', async () => {
  const unread: string[] = []
  const attempt = makeAttempt(unread)
  expect(await attempt('events', async () => 1, 0)).toBe(1)
  expect(await attempt('tasks', failing('ClusterNotFoundException'), 0)).toBe(0)
  expect(await attempt('targets', failing('ServiceNotActiveException'), 0)).toBe(0)
  expect(unread).toEqual([])
  expect(await attempt('logs', failing('AccessDeniedException'), 0)).toBe(0)
  expect(unread).toEqual(['logs: no'])
})
