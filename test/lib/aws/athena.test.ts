import { describe, expect, it } from 'vitest'
import { makeAthena } from '../../../lib/aws/athena.ts'
import { UserError } from '../../../lib/errors.ts'
import { fakeClock } from '../../fakes/clock.ts'
import { type Answer, sendJson, startAws } from '../../fixtures/aws-server.ts'

const query = { sql: 'SELECT 1', parameters: [], database: 'd', workgroup: 'w', token: 'a'.repeat(32) }
const executions = (state: string, more: object = {}, scanned = 10) => ({
  QueryExecution: {
    Status: { State: state, StateChangeReason: 'why', ...more },
    Statistics: { DataScannedInBytes: scanned },
    ResultConfiguration: { OutputLocation: 's3://b/r.csv' },
  },
})

/** Runs a query against answers: those to its starts and looks, one after the other, the last one again. */
async function run(answers: { start?: (object | string)[]; look: object[] }, more: object = {}) {
  const { start = [{ QueryExecutionId: 'q' }], look } = answers
  const answer: Answer = ({ operation }, response) => {
    if (operation === 'StopQueryExecution') return sendJson(response, 200, {})
    const list = operation === 'StartQueryExecution' ? start : look
    const next = (list.length > 1 ? list.shift() : list[0]) ?? {}
    if (typeof next === 'string') sendJson(response, 400, { __type: next, message: 'too many' })
    else sendJson(response, 200, next)
  }
  const { config, calls } = await startAws(answer)
  const clock = fakeClock()
  const waiting = { clock, signal: new AbortController().signal, timeoutSeconds: 600 }
  const result = await makeAthena(config)
    .run({ ...query, ...more }, waiting)
    .catch((error: unknown) => error)
  const bodies = calls
    .filter(({ operation }) => operation === 'StartQueryExecution')
    .map(({ body }) => JSON.parse(body))
  return { result, operations: calls.map(({ operation }) => operation), bodies }
}

describe('a query', () => {
  it('is run with its token, and reads no result of an earlier one', async () => {
    const { result, bodies } = await run({
      look: [executions('QUEUED'), executions('RUNNING'), executions('SUCCEEDED')],
    })
    expect(result).toEqual({ id: 'q', outputLocation: 's3://b/r.csv', scannedBytes: 10 })
    expect(bodies).toMatchObject([
      {
        ClientRequestToken: query.token,
        ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
      },
    ])
  })

  it('waits for a place where the queue is full', async () => {
    const start = ['TooManyRequestsException', 'TooManyRequestsException', { QueryExecutionId: 'q' }]
    const { result, operations } = await run({ start, look: [executions('SUCCEEDED')] })
    expect(result).toMatchObject({ id: 'q' })
    expect(operations).toEqual([...Array(3).fill('StartQueryExecution'), 'GetQueryExecution'])
    const never = await run({ start: ['TooManyRequestsException'], look: [] })
    expect(never.result).toMatchObject({
      message: expect.stringMatching(
        /^athena StartQueryExecution: a place in the queue of workgroup w: not s/,
      ),
    })
  })

  it('is run again, by another token, where Athena says that it can succeed', async () => {
    const failed = executions('FAILED', { AthenaError: { ErrorCategory: 1, Retryable: true } })
    const { result, bodies } = await run({ look: [failed, failed, executions('SUCCEEDED')] })
    expect(result).toMatchObject({ id: 'q' })
    expect(bodies.map(({ ClientRequestToken }) => ClientRequestToken)).toEqual(
      ['', '-again2', '-again3'].map((suffix) => `${query.token}${suffix}`),
    )
    const never = await run({ look: [failed] })
    expect(never.result).toMatchObject({ message: 'query execution q: failed: why (an error of Athena)' })
    expect(never.bodies).toHaveLength(3)
  })

  it('is not run again where it is at fault itself', async () => {
    const failed = executions('FAILED', { AthenaError: { ErrorCategory: 2, Retryable: false } })
    const { result, bodies } = await run({ look: [failed] })
    expect(result).toMatchObject({
      message: 'query execution q: failed: why (an error of the query or its data)',
    })
    expect(bodies).toHaveLength(1)
  })

  it('is stopped as soon as it has scanned more than it may', async () => {
    const watch = (id: string, bytes: number) => {
      if (bytes > 10) throw new UserError(`${id} has scanned ${bytes} bytes`)
    }
    const { result, operations } = await run(
      { look: [executions('RUNNING', {}, 5), executions('RUNNING', {}, 11)] },
      { watch },
    )
    expect(result).toBeInstanceOf(UserError)
    expect(result).toMatchObject({ message: 'q has scanned 11 bytes' })
    expect(operations.at(-1)).toBe('StopQueryExecution')
  })
})
