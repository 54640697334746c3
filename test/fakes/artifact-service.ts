import { createServer, type IncomingMessage } from 'node:http'

/**
 * The part of GitHub's artifact service that an upload needs, in memory. Contract: a name is taken once until
 * it is deleted; an artifact is there when it is finalized; its bytes are the blocks of the last block list.
 */
export type ArtifactService = {
  /** What a runner gives an action. */
  env: { ACTIONS_RESULTS_URL: string; ACTIONS_RUNTIME_TOKEN: string }
  /** Finalized artifacts: name to the bytes of the zip. */
  artifacts: Map<string, Buffer>
  close(): void
}

type Body = { name?: string; name_filter?: string }

/** Starts the service on a free port of loopback. */
export async function startArtifactService(): Promise<ArtifactService> {
  const artifacts = new Map<string, Buffer>()
  const open = new Map<string, Map<string, Buffer>>()
  const methods: Record<string, (body: Body) => object | undefined> = {
    CreateArtifact: ({ name = '' }) => {
      if (open.has(name)) return undefined
      open.set(name, new Map())
      return { ok: true, signed_upload_url: `${origin}/blob/${name}?sig=x` }
    },
    FinalizeArtifact: ({ name = '' }) => {
      artifacts.set(name, Buffer.concat([...(open.get(name)?.values() ?? [])]))
      return { ok: true, artifact_id: '1' }
    },
    ListArtifacts: ({ name_filter }) => ({
      artifacts: [...open.keys()]
        .filter((name) => name === name_filter)
        .map((name) => ({ name, database_id: '1' })),
    }),
    DeleteArtifact: ({ name = '' }) => {
      artifacts.delete(name)
      return { ok: open.delete(name), artifact_id: '1' }
    },
  }
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', origin)
    const body = await readBody(request)
    if (url.pathname.startsWith('/blob/')) {
      const blockId = url.searchParams.get('blockid')
      if (blockId) open.get(url.pathname.slice('/blob/'.length))?.set(blockId, body)
      response.writeHead(201).end()
      return
    }
    const answer = methods[url.pathname.split('/').at(-1) ?? '']?.(JSON.parse(body.toString()))
    response.writeHead(answer ? 200 : 409, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { code: 'already_exists', msg: 'the name is taken' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const claims = Buffer.from(JSON.stringify({ scp: 'Actions.Results:run:job' })).toString('base64url')
  return {
    env: { ACTIONS_RESULTS_URL: `${origin}/`, ACTIONS_RUNTIME_TOKEN: `e30.${claims}.x` },
    artifacts,
    close: () => server.close(),
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces)
}
