import { describe, expect, it } from 'vitest'
import { defineInputs } from '../../../lib/inputs.ts'
import { parseCluster, parseService, verifyArns } from '../../../lib/service/ecs-name.ts'
import { prefixInput, prefixRule } from '../../../lib/service/prefix.ts'

const arn = (rest: string) => `arn:aws:ecs:ap-northeast-2:111122223333:${rest}`

describe('the name of a cluster', () => {
  it.each([
    ['ddn-cluster', 'ddn-cluster'],
    ['A_b-9', 'A_b-9'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [arn('cluster/main'), 'main'],
    ['arn:aws-cn:ecs:cn-north-1:111122223333:cluster/main', 'main'],
  ])('is taken: %s', (text, name) => {
    expect(parseCluster(text, 'cluster')).toBe(name)
  })

  it.each([
    ...[
      '',
      'a b',
      'a/b',
      'x'.repeat(256),
      arn('service/main'),
      arn('service/main/app'),
      arn('cluster/main/app'),
    ],
    ...[
      arn('cluster/'),
      `x${arn('cluster/main')}`,
      `${arn('cluster/main')}/`,
      arn('task/main'),
      arn('cluster/a b'),
    ],
    'arn:aws:ecs:ap-northeast-2:1111:cluster/main',
  ])('is refused: %s', (text) => {
    const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
    expect(() => parseCluster(text, 'cluster')).toThrow(
      `cluster: expected a name such as ddn-cluster, or the ARN of a cluster, got "${shown}"`,
    )
  })
})

it.each([
  [{ account: '111122223333', region: 'us-east-1' }],
  [{ account: '999999999999', region: 'ap-northeast-2' }],
])('an ARN of another place than %j is refused', (place) => {
  expect(() => verifyArns([arn('cluster/main')], place)).toThrow(
    `"${arn('cluster/main')}": expected an ARN of ${place.region} and the account ${place.account}; use the credentials`,
  )
  expect(() =>
    verifyArns([arn('cluster/main')], { account: '111122223333', region: 'ap-northeast-2' }),
  ).not.toThrow()
})

describe('the name of a service', () => {
  it.each([
    ['app', 'app'],
    [arn('service/app'), 'app'],
    [arn('service/main/app'), 'app'],
  ])('is taken: %s', (text, name) => {
    expect(parseService(text, 'main', 'service')).toBe(name)
  })

  it.each(['', 'a b', arn('cluster/main'), arn('service/main/app/x'), arn('service/main/a b'), 'main/app'])(
    'is refused: %s',
    (text) => {
      expect(() => parseService(text, 'main', 'service')).toThrow(
        `service: expected a name such as app, or the ARN of a service, got "${text}"`,
      )
    },
  )

  it('is one of the cluster', () => {
    expect(() => parseService(arn('service/other/app'), 'main', 'service')).toThrow(
      `service: expected a service of the cluster "main", got "${arn('service/other/app')}"`,
    )
  })
})

describe('the prefix', () => {
  const read = (prefix?: string) =>
    defineInputs({ prefix: prefixInput('First part.') }).read({ prefix }).prefix

  it.each([
    [undefined, 'ddn'],
    ['a', 'a'],
    [`a${'b'.repeat(15)}`, `a${'b'.repeat(15)}`],
  ])('%s is %s', (text, prefix) => {
    expect(read(text)).toBe(prefix)
  })

  it.each([
    ...['A', '1a', '-a', 'a-', 'a--b', 'a_b', `a${'b'.repeat(16)}`, 'aB'],
    ...['aws', 'awsome', 'ecs-a', 'fargate', 'ssm1', 'internal-a', 'sthree-a', 'amzn-a'],
  ])('is refused: %s', (text) => {
    expect(() => read(text)).toThrow(`prefix: expected ${prefixRule}, got "${text}"`)
  })
})
