import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UserError } from '../../lib/errors.ts'
import { describeUnreadable } from '../../lib/file.ts'
import { withoutSecrets } from '../../lib/url.ts'
import type { ApiAnswer, ApiRequest } from './context.ts'

// An HTTP API answers or gives up within 30 s; a picture takes its time.
const mostMs = 60_000
const largestBytes = 256 * 2 ** 20

/** Sends a request, within 60 s; throws where there is no answer, or one that is larger than 256 MiB. */
export async function send(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
  const { url, method, headers, body } = request
  try {
    const answer = await fetch(url, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body }),
      // Redirects would carry the key elsewhere.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(mostMs)]),
    })
    return { status: answer.status, body: await readBody(answer) }
  } catch (error) {
    signal.throwIfAborted()
    throw new Error(`${method} ${withoutSecrets(url)}: no answer (${reasonOf(error)})`)
  }
}

async function readBody(answer: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of answer.body ?? []) {
    size += piece.length
    if (size > largestBytes) throw new Error(`more than ${largestBytes} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

// What fetch throws says nothing itself; its cause does.
const reasonOf = (error: unknown) =>
  messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)

/** Reads a file; throws UserError where it cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`${path}: ${describeUnreadable(error)}; was the repository checked out?`)
  }
}

/** Writes files into a folder, which it creates if necessary, and returns their paths. */
export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): string[] {
  mkdirSync(folder, { recursive: true })
  return [...files].map(([name, content]) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  })
}
