import { createHash } from 'node:crypto'

/** What the function reads of an authorizer's event, payload format 2.0; header names are lower case. */
export type AuthorizerEvent = { headers?: Readonly<Record<string, string | undefined>> }

/** Finds the key that a caller sent as `x-api-key`. */
export function findKey({ headers = {} }: AuthorizerEvent): string | undefined {
  return headers['x-api-key']?.trim() || undefined
}

/** Names the parameter that holds a key's user: keys themselves are stored nowhere. */
export function parameterOf(prefix: string, key: string): string {
  return `/${prefix}/api-keys/${createHash('sha256').update(key).digest('hex')}`
}
