import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'

/** A proxy that counts the calls that pass it. */
export type CountingProxy = { endpoint: string; count(): number; close(): void }

/** Starts a proxy in front of `upstream` on a free port. */
export async function startCountingProxy(upstream: string): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true })
  let calls = 0
  const server = createServer((incoming, response) => {
    calls += 1
    const { method, url = '/', headers } = incoming
    const outgoing = request(new URL(url, upstream), { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    incoming.pipe(outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('proxy: expected a port, got none')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    count: () => calls,
    close: () => {
      server.closeAllConnections()
      server.close()
      agent.destroy()
    },
  }
}
