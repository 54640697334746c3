import type { Fault } from './fault.ts'
import type { Operation, Protocol } from './operation.ts'

/** An answer, whole. */
export type Answer = { status: number; headers: Record<string, string | string[]>; body: Buffer }

type ErrorFault = Extract<Fault, 'throttle' | 'error-500' | 'outage' | 'denied' | 'expired'>

const errorFaults: readonly string[] = ['throttle', 'error-500', 'outage', 'denied', 'expired']

/** Returns whether a fault is an answer of the service. */
export const isErrorAnswer = (fault: Fault): fault is ErrorFault => errorFaults.includes(fault)

type Codes = Readonly<Record<'throttle' | 'error-500' | 'denied' | 'expired', readonly [number, string]>>

// The codes and statuses that the services document as common errors, by protocol.
const json: Codes = {
  throttle: [400, 'ThrottlingException'],
  'error-500': [500, 'InternalFailure'],
  denied: [400, 'AccessDeniedException'],
  expired: [400, 'ExpiredTokenException'],
}
const query: Codes = {
  throttle: [400, 'Throttling'],
  'error-500': [500, 'InternalFailure'],
  denied: [403, 'AccessDenied'],
  expired: [403, 'ExpiredToken'],
}
const s3: Codes = {
  throttle: [503, 'SlowDown'],
  'error-500': [500, 'InternalError'],
  denied: [403, 'AccessDenied'],
  expired: [400, 'ExpiredToken'],
}
const registry: Codes = {
  throttle: [429, 'TOOMANYREQUESTS'],
  'error-500': [500, 'UNKNOWN'],
  denied: [403, 'DENIED'],
  expired: [401, 'UNAUTHORIZED'],
}
const codes: Readonly<Record<Protocol, Codes>> = {
  json,
  'rest-json': json,
  query,
  s3,
  registry,
  http: registry,
}

/** Makes the answer that the service gives for an error, in the form of its protocol. */
export function errorAnswer(fault: ErrorFault, { protocol, name }: Operation, method: string): Answer {
  const [status, code] = codes[protocol][fault === 'outage' ? 'error-500' : fault]
  const message = `made by the test for ${name}`
  const answer = { status, ...render(protocol, code, message) }
  return method === 'HEAD' ? { ...answer, body: Buffer.alloc(0) } : answer
}

function render(protocol: Protocol, code: string, message: string): Omit<Answer, 'status'> {
  const make = (type: string, body: string, headers: Record<string, string> = {}) => ({
    headers: { 'content-type': type, ...headers },
    body: Buffer.from(body),
  })
  if (protocol === 'json' || protocol === 'rest-json') {
    const body = JSON.stringify({ __type: code, message })
    return make('application/x-amz-json-1.1', body, { 'x-amzn-errortype': code })
  }
  if (protocol === 's3') {
    return make('application/xml', `<Error><Code>${code}</Code><Message>${message}</Message></Error>`)
  }
  if (protocol === 'query') {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
    return make('text/xml', `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`)
  }
  return make('application/json', JSON.stringify({ errors: [{ code, message }] }))
}
