import { messageOf, UserError } from '../errors.ts'
import type { AwsCall } from './operation.ts'

/** An error of a call to AWS. `name` is AWS's own, such as `NoSuchKey`; the message begins with operation and resource. */
export class AwsError extends Error {
  /** What AWS said, without operation and resource. */
  readonly detail: string
  /** HTTP status of the answer; undefined where there was none. */
  readonly status: number | undefined

  constructor({ action, resource }: AwsCall, cause: Error, name: string) {
    const where = resource === '' ? action : `${action} ${resource}`
    super(`${where}: ${tell(cause, name)}`, { cause })
    this.name = name
    this.detail = cause.message
    this.status = statusOf(cause)
  }
}

/** Why a call is ended, or not even begun, by the time of its run. */
export const timeIsOver = 'the time of the run is over'

function tell({ message }: Error, name: string): string {
  if (name !== 'TimeoutError') return name === 'Error' ? message : `${name}: ${message}`
  if (message === timeIsOver) return message
  // The SDK calls broken connections so, too.
  const isBroken = /\bE(CONN|PIPE|TIMEDOUT|HOST|NET)|hang up/.test(message)
  const what = isBroken ? `connection failed (${message})` : 'no answer in time'
  return `${what}; if that lasts, check the network between this machine and AWS, such as its proxy`
}

/** A mistake that every call can meet, and that the user can mend; `awsName` is AWS's name of the error. */
export class AwsUserError extends UserError {
  readonly awsName: string
  readonly status: number | undefined

  constructor(message: string, cause: Error, awsName: string) {
    super(message, { cause })
    this.awsName = awsName
    this.status = statusOf(cause)
  }
}

/** Returns the error's name as AWS spells it, such as `RepositoryNotFoundException`; '' where it has none. */
export function awsErrorName(error: unknown): string {
  if (error instanceof AwsUserError) return error.awsName
  return error instanceof Error ? error.name : ''
}

const denial = /^AccessDenied|UnauthorizedOperation|AuthorizationError/

/** Returns whether the role lacks the permission for a call. */
export const isDenied = (error: unknown): boolean => denial.test(awsErrorName(error))

/** Returns what AWS said, without operation and resource: for texts that are compared, or stand in a sentence. */
export function awsErrorDetail(error: unknown): string {
  return error instanceof AwsError ? error.detail : messageOf(error)
}

/** Returns the HTTP status of the answer; undefined where there was none. */
export function awsErrorStatus(error: unknown): number | undefined {
  return error instanceof AwsError || error instanceof AwsUserError ? error.status : statusOf(error)
}

function statusOf(error: unknown): number | undefined {
  const status: unknown = Object(Object(error).$metadata).httpStatusCode
  return typeof status === 'number' ? status : undefined
}

/**
 * Turns an error of the SDK into one that names operation and resource, and the mistakes that every call can meet
 * (no credentials, expired ones, a denied action, an unknown region) into one sentence for the user.
 */
export function explainAwsError(error: unknown, call: AwsCall, region: string): Error {
  const cause = error instanceof Error ? error : new Error(String(error))
  const name = nameOf(cause)
  const advice = adviseUser(cause, name, call, region)
  return advice === undefined ? new AwsError(call, cause, name) : new AwsUserError(advice, cause, name)
}

// The answer to a HEAD has no body, and so the SDK has no name for it.
function nameOf(error: Error): string {
  if (!/^(Unknown|UnknownError|NotFound|Forbidden|403|404)$/.test(error.name)) return error.name
  const status = statusOf(error)
  return status === 403 ? 'AccessDenied' : status === 404 ? 'NotFound' : error.name
}

function adviseUser(
  { message }: Error,
  name: string,
  { action, resource }: AwsCall,
  region: string,
): string | undefined {
  if (name === 'CredentialsProviderError') {
    return `${action}: no AWS credentials found; run aws-actions/configure-aws-credentials first, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`
  }
  if (/^(ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId)$/.test(name)) {
    return `${action}: the AWS credentials are not valid any more (${name}); get new ones`
  }
  if (denial.test(name)) {
    const where = resource === '' ? '' : ` on ${resource}`
    // The answer to a HEAD has no body: the SDK's own word says nothing.
    const reason = /^Unknown(Error)?$/.test(message) ? '' : ` (${message})`
    return `${action}: denied${where}; give the role the permission ${action}, see docs/permissions.md${reason}`
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) {
    return `${action}: no endpoint answers for region "${region}"; check AWS_REGION and AWS_ENDPOINT_URL`
  }
  return undefined
}
