import { expect, it } from 'vitest'
import { openAccount } from '../../actions/deploy-stack/connect.ts'
import { identityXml, sendXml, startAws } from '../fixtures/aws-server.ts'

it.each([
  [
    'the ARN of a stack, without a call',
    'arn:aws:cloudformation:eu-west-1:444455556666:stack/ddn-base/1',
    '444455556666',
    [],
  ],
  ['the credentials where no stack is there', undefined, '111122223333', ['GetCallerIdentity']],
])('learns the account from %s', async (_, arn, expected, asked) => {
  const { calls, config } = await startAws((_request, response) => sendXml(response, 200, identityXml))
  const located: string[] = []
  const { connect } = openAccount(config, 'ddn', undefined, (account) => located.push(account))
  const { account, toolkit } = await connect(arn)
  expect([account, ...located]).toEqual([expected, expected])
  expect(toolkit.bucket).toBe(`ddn-toolkit-${expected}-eu-west-1`)
  expect(calls.map(({ operation }) => operation)).toEqual(asked)
})
