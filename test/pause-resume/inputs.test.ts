import { expect, it } from 'vitest'
import { readInputs } from '../../actions/pause-resume/inputs.ts'
import { prefixRule } from '../../lib/service/prefix.ts'

const given = { operation: 'pause', cluster: 'c', services: 'web' }

it('waits half an hour, unless told otherwise', () => {
  expect(readInputs(given)).toEqual({
    ...{ operation: 'pause', clusters: ['c'], arns: [], selection: { kind: 'names', names: ['web'] } },
    ...{ calendar: undefined, timeZone: undefined, keepAwakeUntil: undefined, reason: undefined },
    ...{ idleMinutes: undefined, onConflict: 'respect', deploymentSeconds: 900, instancePrice: undefined },
    ...{ prefix: 'ddn', wait: true, timeoutSeconds: 1800, readyUrl: undefined, dryRun: false },
  })
})

it.each([
  [{ operation: 'stop' }, 'operation: expected one of pause, resume, status, auto, keep-awake, got "stop"'],
  [{ cluster: '' }, 'cluster: expected a value, got none'],
  [{ 'ready-url': 'https://x' }, 'ready-url: goes with operation resume or auto, got pause'],
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
  [{ services: ' ' }, 'services: expected names of services, or all, got none'],
  [{ services: 'all, web' }, 'services: expected all alone, got other names beside it'],
  [{ stack: 's' }, 'stack: expected it without services, got both'],
  [{ tags: 'a=b' }, 'tags: expected it without services, got both'],
  [
    { cluster: 'c, d', services: 'arn:aws:ecs:eu-west-1:111122223333:service/c/s' },
    'services: expected names where there are several clusters, got an ARN',
  ],
  [{ operation: 'auto' }, 'calendar: expected the path of a calendar for operation auto, got none'],
  [{ operation: 'keep-awake' }, 'keep-awake-until: expected a time such as 2026-12-24 08:00, got none'],
  [
    { operation: 'keep-awake', 'keep-awake-until': '2026-12-24 08:00' },
    'reason: expected why the services are kept awake, got none',
  ],
  [
    { 'keep-awake-until': '2026-12-24 08:00', reason: 'x' },
    'keep-awake-until: goes with operation keep-awake or resume, got pause',
  ],
  [
    { operation: 'resume', 'idle-minutes': '5' },
    'idle-minutes: goes with operation pause or auto, got resume',
  ],
  [{ timezone: 'Asia/Soul' }, 'timezone: expected a name such as Asia/Seoul or UTC, got "Asia/Soul"'],
  [{ 'instance-price': '1,5' }, 'instance-price: expected USD an hour, such as 0.647, got "1,5"'],
  [{ reason: 'x'.repeat(201) }, 'reason: expected one line of up to 200 characters, got'],
])('refuses %j', (more, message) => {
  expect(() => readInputs({ ...given, ...more })).toThrow(message)
})

it('takes ARNs of a cluster and of its services as their names, each once', () => {
  const arn = (rest: string) => `arn:aws:ecs:eu-west-1:111122223333:${rest}`
  const services = [arn('service/c/one'), arn('service/two'), 'one'].join('\n')
  const inputs = readInputs({ operation: 'pause', cluster: arn('cluster/c'), services })
  expect(inputs).toMatchObject({ clusters: ['c'], selection: { kind: 'names', names: ['one', 'two'] } })
  expect(inputs.arns).toEqual([arn('cluster/c'), arn('service/c/one'), arn('service/two')])
})

it.each([
  [{ services: 'all' }, { kind: 'all' }],
  [{ stack: 'ddn-service' }, { kind: 'stack', stack: 'ddn-service' }],
  [
    { tags: 'team=web\nstage=prod' },
    {
      kind: 'tags',
      tags: new Map([
        ['team', 'web'],
        ['stage', 'prod'],
      ]),
    },
  ],
])('chooses services by %j', (more, selection) => {
  expect(readInputs({ operation: 'pause', cluster: 'c', ...more }).selection).toEqual(selection)
})

it('reads all of its inputs', () => {
  const all = {
    ...{ operation: 'resume', cluster: 'c, d', services: 'a, b', prefix: 'p', wait: 'true', reason: 'why' },
    ...{ 'timeout-minutes': '5', 'ready-url': 'http://x.example/ping', 'dry-run': 'true' },
    ...{ calendar: 'c.yml', timezone: 'Asia/Seoul', 'keep-awake-until': '2026-12-24 08:00' },
    ...{ 'on-conflict': 'fail', 'wait-for-deployment': '1', 'instance-price': '0.5' },
  }
  expect(readInputs(all)).toEqual({
    ...{
      operation: 'resume',
      clusters: ['c', 'd'],
      arns: [],
      selection: { kind: 'names', names: ['a', 'b'] },
    },
    ...{ calendar: 'c.yml', timeZone: 'Asia/Seoul', keepAwakeUntil: '2026-12-24 08:00', reason: 'why' },
    ...{ idleMinutes: undefined, onConflict: 'fail', deploymentSeconds: 60, instancePrice: 0.5 },
    ...{ prefix: 'p', wait: true, timeoutSeconds: 300, readyUrl: 'http://x.example/ping', dryRun: true },
  })
})

it.each(['no url', 'httpsx://x', 'xhttp://x', 'https'])('takes %j for no ready URL', (url) => {
  expect(() => readInputs({ ...given, operation: 'resume', 'ready-url': url })).toThrow(
    `ready-url: expected an http or https URL, got "${url}"`,
  )
})

it.each([
  ['0', 'timeout-minutes'],
  ['601', 'timeout-minutes'],
])('refuses a time-out of %s minutes', (minutes, message) => {
  expect(() => readInputs({ ...given, 'timeout-minutes': minutes })).toThrow(message)
})
