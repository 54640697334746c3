import { createServer } from 'node:http'

/**
 * The endpoint of a runner that gives a job its OIDC token. Contract: a token is given to who has the
 * bearer token of the job, for the audience that the query names.
 */
export type TokenEndpoint = {
  /** What a runner gives a job that has `id-token: write`. */
  env: { ACTIONS_ID_TOKEN_REQUEST_URL: string; ACTIONS_ID_TOKEN_REQUEST_TOKEN: string }
  /** Subject of the next tokens. */
  subject: string
  /** Audiences that a token was given for, in order. */
  audiences: string[]
  close(): void
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Starts the endpoint on a free port of loopback. */
export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  const audiences: string[] = []
  const server = createServer((request, response) => {
    const audience = new URL(request.url ?? '', 'http://localhost').searchParams.get('audience')
    const known = request.headers.authorization === 'Bearer of-the-job' && audience !== null
    if (known) audiences.push(audience)
    const claims = {
      iss: 'https://token.actions.githubusercontent.com',
      sub: endpoint.subject,
      aud: audience,
    }
    const token = [{ alg: 'RS256', typ: 'JWT' }, claims].map(encode).join('.')
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(known ? { value: `${token}.signature` } : { message: 'not authorized' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : ''
  const endpoint: TokenEndpoint = {
    subject: '',
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    },
    audiences,
    close: () => server.close(),
  }
  return endpoint
}
