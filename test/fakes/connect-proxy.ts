import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'

/**
 * An HTTP proxy on loopback that knows one server: CONNECT to any name leads there, and so do the
 * requests with a whole URL that plain http sends. It keeps what it was asked for.
 */
export type ConnectProxy = {
  url: string
  /** `CONNECT registry.test:443`, or `GET http://registry.test/v2/`. */
  asked: readonly string[]
  close(): void
}

/** Starts a proxy in front of a server, `host:port`; with `refuses` it refuses everybody with that status. */
export async function startConnectProxy(target: string, refuses?: number): Promise<ConnectProxy> {
  const asked: string[] = []
  const [hostname = '', port] = target.split(':')
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(refuses ?? 200).end()
  })
  server.on('connect', (request, client, head) => {
    asked.push(`CONNECT ${request.url}`)
    client.on('error', () => client.destroy())
    if (refuses) {
      client.end(`HTTP/1.1 ${refuses} Refused\r\n\r\n`)
      return
    }
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      client.pipe(upstream).pipe(client)
    })
    upstream.on('error', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    asked,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
