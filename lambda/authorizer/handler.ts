// A function has one file that knows the SDK: this one.
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm'
import { isUserName } from '../user-name.ts'
import { type AuthorizerEvent, findKey, parameterOf } from './key.ts'

const prefix = process.env.PREFIX ?? 'ddn'
const ssm = new SSMClient()

/** Tells the HTTP API who calls; the access log and the bill name the user from here. */
export async function handler(event: AuthorizerEvent) {
  const key = findKey(event)
  const user = key === undefined ? undefined : await readUser(parameterOf(prefix, key))
  return isUserName(user) ? { isAuthorized: true, context: { user } } : { isAuthorized: false }
}

async function readUser(name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }))
    return Parameter?.Value
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined
    throw error
  }
}
