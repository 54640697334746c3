import { AwsError, AwsUserError } from './errors.ts'

// Throttling: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const throttling =
  /Throttl|TooManyRequests|RequestLimitExceeded|BandwidthLimitExceeded|SlowDown|PriorRequestNotComplete|TransactionInProgress/

// Something else is at work on the same resource for a moment.
const busy =
  /^(ScalingActivityInProgress|ScalingActivityInProgressFault|ResourceContention|ResourceContentionFault|ConcurrentUpdateException|UpdateInProgressException|OperationAborted|ConcurrentModificationException)$/

const serverFault =
  /^(InternalFailure|InternalError|InternalServerError|InternalServiceError|ServiceUnavailable)/

const brokenConnection =
  /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_STREAM_PREMATURE_CLOSE)$/

/**
 * Returns whether a call can succeed when it is made again: throttling, a fault of the server, a connection that broke,
 * timed out or ended within the answer, or another operation on the same resource.
 */
export function isTransientAwsError(error: unknown): boolean {
  if (error instanceof AwsUserError || !(error instanceof Error)) return false
  const { name } = error
  if (throttling.test(name) || busy.test(name) || serverFault.test(name) || name === 'TimeoutError')
    return true
  if (error instanceof AwsError && (error.status ?? 0) >= 500) return true
  return isBrokenAnswer(error) || isBrokenAnswer(error.cause)
}

// A truncated JSON or XML is an error of the parser, which the SDK does not treat as one of the connection.
const isBrokenAnswer = (error: unknown) =>
  error instanceof Error &&
  (error instanceof SyntaxError ||
    ('code' in error && brokenConnection.test(String(error.code))) ||
    /^(aborted|socket hang up|Premature close)$/.test(error.message) ||
    /^Unclosed tag|Deserialization error/.test(error.message))
