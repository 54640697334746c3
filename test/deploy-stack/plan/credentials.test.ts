import { expect, it } from 'vitest'
import { verifyCredentials } from '../../../actions/deploy-stack/plan/credentials.ts'

const now = Date.parse('2026-11-26T12:00:00Z')
const verify = (end: string | undefined, minutes = 60) =>
  verifyCredentials({ AWS_CREDENTIAL_EXPIRATION: end }, { timeoutSeconds: minutes * 60 }, now)

it.each([undefined, '', 'soon', '2026-11-26T13:00:00Z', '2026-11-26T22:00:00+09:00'])(
  'takes credentials that end at %s',
  (end) => {
    expect(() => verify(end)).not.toThrow()
  },
)

it('says for how long they are valid', () => {
  expect(() => verify('2026-11-26T12:59:59Z')).toThrow(
    'timeout-minutes: expected at most the 59 min for which the credentials are valid, got 60; get them for longer',
  )
  expect(() => verify('2026-11-26T11:00:00Z')).toThrow('at most the 0 min')
})
