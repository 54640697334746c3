import { UserError } from '../errors.ts'

/** What each AWS client is made with; endpoint and credentials come from the environment, as the SDK reads them. */
export type AwsConfig = {
  region: string
  maxAttempts: number
  retryMode: 'standard'
}

/** Reads the region that all clients use; AWS_REGION stands before AWS_DEFAULT_REGION. */
export function readAwsConfig(env: Readonly<Record<string, string | undefined>>): AwsConfig {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION
  if (!region) throw new UserError('AWS_REGION: expected a region such as ap-northeast-2, got none')
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new UserError(`AWS_REGION: expected a region such as ap-northeast-2, got "${region}"`)
  }
  return { region, maxAttempts: 5, retryMode: 'standard' }
}
