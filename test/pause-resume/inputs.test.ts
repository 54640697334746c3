import { expect, it } from 'vitest'
import { readInputs } from '../../actions/pause-resume/inputs.ts'

it('waits half an hour, for all services, unless told otherwise', () => {
  expect(readInputs({ operation: 'pause', cluster: 'c' })).toEqual({
    operation: 'pause',
    cluster: 'c',
    services: [],
    prefix: 'ddn',
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
    'ready-url: expected an http or https URL, got "ftp://x"',
  ],
  [{ prefix: 'D D' }, 'prefix: expected up to 20 lower-case letters, digits and dashes, got "D D"'],
  [{ service: 's' }, 'service: unknown input; did you mean "services"'],
])('refuses %j', (given, message) => {
  expect(() => readInputs({ operation: 'pause', cluster: 'c', ...given })).toThrow(message)
})
