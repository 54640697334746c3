import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import { UserError } from '../errors.ts'
import { makeHttpAgents } from '../http-agents.ts'

/** What each AWS client is made with; endpoint and credentials come from the environment, as the SDK reads them. */
export type AwsConfig = {
  region: string
  maxAttempts: number
  retryMode: 'standard'
  /** Options of the SDK's own handler: the connections go where the environment's proxy and CA say. */
  requestHandler?: { httpAgent: HttpAgent; httpsAgent: HttpsAgent }
}

/** Reads what all clients use: region (AWS_REGION stands before AWS_DEFAULT_REGION), proxy and private CA. */
export function readAwsConfig(env: Readonly<Record<string, string | undefined>>): AwsConfig {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION
  if (!region) throw new UserError('AWS_REGION: expected a region such as ap-northeast-2, got none')
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new UserError(`AWS_REGION: expected a region such as ap-northeast-2, got "${region}"`)
  }
  const { http: httpAgent, https: httpsAgent } = makeHttpAgents(env)
  return { region, maxAttempts: 5, retryMode: 'standard', requestHandler: { httpAgent, httpsAgent } }
}
