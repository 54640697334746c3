import { messageOf, UserError } from '../errors.ts'

/** Gives the error's name as AWS spells it, such as `RepositoryNotFoundException`; '' where it has none. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

/**
 * Turns the mistakes that every AWS call can meet (no credentials, expired ones, a denied action, an
 * unknown region) into one sentence for the user; other errors come back as they are, with the action named.
 */
export function explainAwsError(error: unknown, action: string, region: string): Error {
  const name = awsErrorName(error)
  const message = messageOf(error)
  if (name === 'CredentialsProviderError') {
    return new UserError(
      `${action}: no AWS credentials found; run aws-actions/configure-aws-credentials first, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    )
  }
  if (/^(ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId)$/.test(name)) {
    return new UserError(`${action}: the AWS credentials are not valid any more (${name}); get new ones`)
  }
  if (/^AccessDenied|UnauthorizedOperation|AuthorizationError/.test(name)) {
    return new UserError(`${action}: denied; give the role the permission ${action} (${message})`)
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) {
    return new UserError(
      `${action}: no endpoint answers for region "${region}"; check AWS_REGION and AWS_ENDPOINT_URL`,
    )
  }
  return error instanceof Error ? error : new Error(message)
}
