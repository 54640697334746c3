import { describe, expect, it } from 'vitest'
import { actions } from '../../scripts/entry-point.ts'
import { listSdkCalls } from '../../scripts/permissions/calls.ts'
import { readLines } from '../../scripts/permissions/table.ts'

describe.each(actions)('the calls in the bundle of %s', (action) => {
  const calls = listSdkCalls(action)
  const lines = readLines(action)

  it('have a line in its table, with the action that IAM checks', () => {
    const missing = calls.filter(
      ({ call, action: needed }) =>
        !lines.some((line) => line.call === call && line.actions.includes(needed)),
    )
    expect(missing).toEqual([])
  })

  it('are all that the table names, beside those of the registry', () => {
    const known = calls.map(({ call }) => call)
    const stale = lines.filter(({ call }) => !call.startsWith('registry:') && !known.includes(call))
    expect(stale.map(({ call }) => call)).toEqual([])
  })

  it('name a page of AWS each', () => {
    expect(lines.filter(({ source }) => !source.startsWith('https://docs.aws.amazon.com/'))).toEqual([])
  })
})
