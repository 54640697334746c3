import { describe, expect, it } from 'vitest'
import type { Asked } from '../../../actions/deploy-stack/plan/asked.ts'
import { logCheckOf, verifyLogs } from '../../../actions/deploy-stack/plan/log-destination.ts'

const account = '111122223333'
const place = { prefix: 'ddn', account, region: 'ap-northeast-2' }
const asked = (kind: 'log-bucket' | 'subscribable', isNew = true): Asked => ({
  ...{ key: 'lb', where: 'lb.Logs', parameter: 'Logs', rule: { kind }, values: new Map([['Logs', 'logs']]) },
  ...{ isNew: () => isNew, isDeployed: false },
})
const nothing = { logBuckets: new Map(), subscriptions: new Map(), region: 'ap-northeast-2' }

const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::logs/AWSLogs/${account}/*`,
  ...more,
})
const verifyBucket = (statements: unknown, region = 'ap-northeast-2') => {
  const policy = statements === '' ? '' : JSON.stringify({ Statement: statements })
  const logBuckets = new Map([['logs', { region, policy }]])
  verifyLogs(logCheckOf(asked('log-bucket'), place), { ...nothing, logBuckets })
}

describe('the bucket of a load balancer', () => {
  it.each([
    [[{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }, allow()]],
    [allow({ Principal: { AWS: 'arn:aws:iam::600734575887:root' }, Action: ['s3:Put*'] })],
    [allow({ Principal: '*', Resource: ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'] })],
    [allow({ Resource: 'arn:aws-cn:s3:::l*s/*Logs/*/*' })],
    [allow({ Principal: { AWS: '600734575887' } })],
    [allow({ Resource: '*s/AWSLogs/*' })],
    [allow({ Resource: undefined, NotResource: 'arn:aws:s3:::other/*' })],
  ])('may have the policy %j', (statements) => {
    expect(() => verifyBucket(statements)).not.toThrow()
  })

  it.each([
    [''],
    [allow({ Effect: 'Deny' })],
    [allow({ Principal: { Service: 'delivery.logs.amazonaws.com' } })],
    [allow({ Action: 's3:GetObject' })],
    [allow({ Resource: 'arn:aws:s3:::logs/AWSLogs/999999999999/*' })],
    [allow({ Resource: 'arn:aws:s3:::logs' })],
    [allow({ Resource: 'arn:aws:s3:::*other*' })],
    [allow({ Resource: 'arn:aws:s3:::logs/*Logs*AWS*' })],
    [allow({ Principal: { AWS: 'arn:aws:iam::600734575887:user/me' } })],
    [allow({ Principal: { AWS: 'x600734575887' } })],
  ])('is refused with the policy %j', (statements: unknown) => {
    expect(() => verifyBucket(statements)).toThrow(
      `parameters: lb.Logs: expected a bucket whose policy lets logdelivery.elasticloadbalancing.amazonaws.com put objects below AWSLogs/${account}/, got logs, whose policy does not`,
    )
  })

  it('is refused in another region, and where it is missing', () => {
    expect(() => verifyBucket(allow(), 'us-east-1')).toThrow('got logs, which is in us-east-1')
    const logBuckets = new Map([['logs', 'missing' as const]])
    const check = logCheckOf(asked('log-bucket'), place)
    expect(() => verifyLogs(check, { ...nothing, logBuckets })).toThrow('got logs, which is not there')
  })
})

describe('the log group of a subscription', () => {
  const verify = (subscriptions: [string, number | 'missing'][]) =>
    verifyLogs(logCheckOf(asked('subscribable'), place), {
      ...nothing,
      subscriptions: new Map(subscriptions),
    })

  it('takes two filters', () => {
    expect(() => verify([['logs', 1]])).not.toThrow()
    expect(() => verify([['logs', 2]])).toThrow(
      'parameters: lb.Logs: expected a log group with fewer than 2 subscription filters, got logs, which has 2; delete one',
    )
    expect(() => verify([['logs', 'missing']])).toThrow('got logs, which is not there')
  })

  it('is not looked at where the stack has it, nor judged where it could not be read', () => {
    expect(logCheckOf(asked('subscribable', false), place)).toEqual([])
    expect(() => verify([])).not.toThrow()
  })
})
