import { readFileSync } from 'node:fs'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getCACertificates } from 'node:tls'
import { UserError } from './errors.ts'
import { describeUnreadable } from './file.ts'

/** The environment of a process, as an argument. */
type Env = Readonly<Record<string, string | undefined>>

/** The connections of one run: kept alive, through a proxy where the environment names one. */
export type HttpAgents = { http: HttpAgent; https: HttpsAgent }

// Programs on this machine are never asked for through a proxy, whatever NO_PROXY says, as in Go's net/http.
const loopback = ['localhost', '127.0.0.1-127.255.255.255', '::1']

/**
 * Makes the agents that honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in upper or lower case, and that trust
 * the certificates of AWS_CA_BUNDLE besides those that Node trusts (NODE_EXTRA_CA_CERTS is among them).
 * https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support
 */
export function makeHttpAgents(env: Env): HttpAgents {
  const proxyEnv = {
    HTTP_PROXY: readProxy(env, 'HTTP_PROXY'),
    HTTPS_PROXY: readProxy(env, 'HTTPS_PROXY'),
    NO_PROXY: [env.no_proxy || env.NO_PROXY, ...loopback].filter(Boolean).join(','),
  }
  const bundle = env.AWS_CA_BUNDLE
  // `ca` stands in the place of Node's own list, so that list is a part of it.
  const trust = bundle ? { ca: [...getCACertificates('default'), readBundle(bundle)] } : {}
  return {
    http: new HttpAgent({ keepAlive: true, proxyEnv }),
    https: new HttpsAgent({ keepAlive: true, proxyEnv, ...trust }),
  }
}

/** Closes the connections that no request uses: the next request begins on a new one. */
export function closeIdle({ http, https }: HttpAgents): void {
  for (const { freeSockets } of [http, https])
    for (const socket of Object.values(freeSockets).flat()) socket?.destroy()
}

/** Whether Node's agents know proxies: they do since 24.5, and pass `proxyEnv` over before. */
export const knowsProxies = !/^24\.[0-4]\./.test(process.versions.node)

function readProxy(env: Env, name: 'HTTP_PROXY' | 'HTTPS_PROXY'): string | undefined {
  const value = env[name.toLowerCase()] || env[name]
  if (!value) return undefined
  if (!knowsProxies) throw new UserError(`${name}: expected Node 24.5 or later, got ${process.versions.node}`)
  // Like curl, take `proxy:3128` for `http://proxy:3128`; Node passes such a value over without a word.
  const url = value.includes('://') ? value : `http://${value}`
  if (URL.canParse(url) && /^https?:\/\//i.test(url)) return url
  // The value is not shown: a proxy's URL may hold a password.
  throw new UserError(
    `${name}: expected the URL of a proxy such as http://proxy.example.com:3128, got another`,
  )
}

function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`AWS_CA_BUNDLE: ${path}: ${describeUnreadable(error)}`)
  }
}
