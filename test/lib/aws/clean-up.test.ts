import { expect, it, onTestFinished, vi } from 'vitest'
import { makeAthena } from '../../../lib/aws/athena.ts'
import { type AwsConfig, forCleanUp } from '../../../lib/aws/client.ts'
import { makeCloudFormation } from '../../../lib/aws/cloudformation.ts'
import { makeTables } from '../../../lib/aws/glue.ts'
import { systemClock } from '../../../lib/wait.ts'
import { sendJson, sendXml, startAws } from '../../fixtures/aws-server.ts'

const query = { sql: 'select 1', parameters: [], database: 'd', workgroup: 'w', token: 't' }

/** Starts AWS, whose run is cancelled while a query runs. */
async function startCancelled() {
  const abort = new AbortController()
  const { config, calls } = await startAws(({ operation }, response) => {
    if (operation === 'GetQueryExecution') abort.abort(new Error('cancelled'))
    if (operation === 'DeleteChangeSet') sendXml(response, 200, '<DeleteChangeSetResponse/>')
    else sendJson(response, 200, { QueryExecutionId: 'id' })
  })
  const cancelled = { ...config, signal: abort.signal }
  const clients = {
    athena: makeAthena(cancelled),
    cloudFormation: makeCloudFormation(cancelled),
    tables: makeTables(cancelled),
  }
  return { ...clients, abort, operations: () => calls.map(({ operation }) => operation) }
}

it('stops the query of a cancelled run, and removes its change set and its table', async () => {
  const { athena, cloudFormation, tables, abort, operations } = await startCancelled()
  const waiting = { clock: systemClock, signal: abort.signal, timeoutSeconds: 60 }
  await expect(athena.run(query, waiting)).rejects.toThrow(/^cancelled$/)
  await cloudFormation.deleteChangeSet('arn')
  await tables.remove('d', 't')
  expect(operations().slice(-3)).toEqual(['StopQueryExecution', 'DeleteChangeSet', 'DeleteTable'])
})

it('cleans up for three seconds after the cancel at most', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const abort = new AbortController()
  const config = { signal: abort.signal } as AwsConfig & { signal: AbortSignal }
  const before = forCleanUp(config)
  abort.abort(new Error('cancelled'))
  const after = forCleanUp(config)
  vi.advanceTimersByTime(2_999)
  expect([before.signal.aborted, after.signal.aborted]).toEqual([false, false])
  vi.advanceTimersByTime(1)
  for (const { signal } of [before, after]) expect(() => signal.throwIfAborted()).toThrow(/^cancelled$/)
})

it('makes no other call of a cancelled run', async () => {
  const { cloudFormation, tables, abort } = await startCancelled()
  abort.abort(new Error('cancelled'))
  await expect(cloudFormation.describe('one')).rejects.toThrow(/^cancelled$/)
  await expect(tables.describe('d', 't')).rejects.toThrow(/^cancelled$/)
})
