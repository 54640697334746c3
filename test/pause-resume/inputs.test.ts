import { expect, it } from 'vitest'
import { readInputs } from '../../actions/pause-resume/inputs.ts'
import { prefixRule } from '../../lib/service/prefix.ts'

it('waits half an hour, for all services, unless told otherwise', () => {
  expect(readInputs({ operation: 'pause', cluster: 'c' })).toEqual({
    operation: 'pause',
    cluster: 'c',
    services: [],
    prefix: 'ddn',
    reason: undefined,
    wait: true,
    timeoutSeconds: 1800,
    readyUrl: undefined,
    dryRun: false,
  })
})

it.each([
  [{ operation: 'stop' }, 'operation: expected one of pause, resume, status, got "stop"'],
  [{ cluster: '' }, 'cluster: expected a value, got none'],
  [{ 'ready-url': 'https://x' }, 'ready-url: goes with operation resume, got pause'],
  [{ operation: 'resume', wait: 'false', 'ready-url': 'https://x' }, 'ready-url: needs wait true'],
  [
    { operation: 'resume', 'ready-url': 'ftp://x' },
    'ready-url: expected an http or https URL, got "ftp://x/"',
  ],
  [{ prefix: 'D D' }, `prefix: expected ${prefixRule}, got "D D"`],
  [{ cluster: '../c' }, 'cluster: expected a name such as ddn-cluster, or the ARN of a cluster, got "../c"'],
  [
    { cluster: 'arn:aws:ecs:eu-west-1:111122223333:service/c/s' },
    'or the ARN of a cluster, got "arn:aws:ecs',
  ],
  [{ services: 'a/b' }, 'services: expected a name such as app, or the ARN of a service, got "a/b"'],
  [{ services: 'arn:aws:ecs:eu-west-1:111122223333:cluster/c' }, 'or the ARN of a service, got "arn:aws:ecs'],
  [
    { services: 'arn:aws:ecs:eu-west-1:111122223333:service/other/s' },
    'services: expected a service of the cluster "c", got "arn:aws:ecs',
  ],
  [{ service: 's' }, 'service: unknown input; did you mean "services"'],
])('refuses %j', (given, message) => {
  expect(() => readInputs({ operation: 'pause', cluster: 'c', ...given })).toThrow(message)
})

it('takes ARNs of a cluster and of its services as their names, each once', () => {
  const arn = (rest: string) => `arn:aws:ecs:eu-west-1:111122223333:${rest}`
  const services = [arn('service/c/one'), arn('service/two'), 'one'].join('\n')
  const inputs = readInputs({ operation: 'pause', cluster: arn('cluster/c'), services })
  expect(inputs).toMatchObject({ cluster: 'c', services: ['one', 'two'] })
})

it('reads all of its inputs', () => {
  const given = {
    operation: 'resume',
    cluster: 'c',
    services: 'a, b',
    prefix: 'p',
    reason: 'night',
    wait: 'true',
    'timeout-minutes': '5',
    'ready-url': 'http://x.example/ping',
    'dry-run': 'true',
  }
  expect(readInputs(given)).toEqual({
    operation: 'resume',
    cluster: 'c',
    services: ['a', 'b'],
    prefix: 'p',
    reason: 'night',
    wait: true,
    timeoutSeconds: 300,
    readyUrl: 'http://x.example/ping',
    dryRun: true,
  })
})

it.each(['no url', 'httpsx://x', 'xhttp://x', 'https'])('takes %j for no ready URL', (url) => {
  expect(() => readInputs({ operation: 'resume', cluster: 'c', 'ready-url': url })).toThrow(
    `ready-url: expected an http or https URL, got "${url}"`,
  )
})

it.each([
  ['0', 'timeout-minutes'],
  ['601', 'timeout-minutes'],
])('refuses a time-out of %s minutes', (minutes, message) => {
  expect(() => readInputs({ operation: 'pause', cluster: 'c', 'timeout-minutes': minutes })).toThrow(message)
})
