// Sends a picture on its way through the API: presigned upload, inference, presigned download.
// With --async the inference is answered at once, and its result is polled for.
// Prints how often each route was called and, with --clean, the noise before and after, as one line of JSON.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { installPackages } from './example-image/layers.ts'
import { python, root } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

const options = {
  'api-url': { type: 'string' },
  'api-key': { type: 'string' },
  picture: { type: 'string' },
  clean: { type: 'string' },
  output: { type: 'string' },
  async: { type: 'boolean', default: false },
} as const
const { values } = parseArgs({ options })
const pollMilliseconds = 200
const patienceMilliseconds = 600_000

function option(name: Exclude<keyof typeof options, 'async'>): string {
  const value = values[name]
  if (!value) throw new Error(`--${name}: expected a value, got none`)
  return value
}

const calls: Record<string, number> = {}

/** Calls a route of the API as the user of the key. */
async function call(method: 'GET' | 'POST', path: string, query: string, request: RequestInit = {}) {
  const route = `${method} ${path}`
  calls[route] = (calls[route] ?? 0) + 1
  const headers = { ...request.headers, 'x-api-key': option('api-key') }
  return await ask(route, `${option('api-url')}${path}${query}`, { ...request, method, headers })
}

async function ask(what: string, url: string, request: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, request)
  if (!answer.ok) throw new Error(`${what}: ${answer.status}: ${await answer.text()}`)
  return answer
}

async function presign(query: Record<string, string>): Promise<{ url: string; key: string }> {
  const answer = await call('GET', '/presign', `?${new URLSearchParams(query)}`)
  const { url, key } = Object(await answer.json())
  return { url: String(url), key: String(key) }
}

/** Asks for the inference; gives the key of the result, and that of the error which may be there instead. */
async function infer(file: string): Promise<{ result: string; error: string | undefined }> {
  const answer = await call('POST', '/invocations', '', {
    body: JSON.stringify({ file }),
    headers: {
      'content-type': 'application/json',
      ...(values.async ? { prefer: 'respond-async' } : {}),
    },
  })
  const body = Object(await answer.json())
  return { result: String(body.file), error: answer.status === 202 ? String(body.error) : undefined }
}

/** Fetches an object of the user; undefined while it is not there. */
async function download(key: string): Promise<Buffer | undefined> {
  const { url } = await presign({ mode: 'download', file: basename(key) })
  const answer = await fetch(url)
  if (answer.status === 404) return undefined
  if (!answer.ok) throw new Error(`download: ${answer.status}: ${await answer.text()}`)
  return Buffer.from(await answer.arrayBuffer())
}

async function waitForResult({ result, error }: Awaited<ReturnType<typeof infer>>): Promise<Buffer> {
  const end = Date.now() + patienceMilliseconds
  for (;;) {
    const picture = await download(result)
    if (picture) return picture
    const refusal = error && (await download(error))
    if (refusal) throw new Error(`inference: ${refusal}`)
    if (!error || Date.now() > end) throw new Error(`download: ${result} is not there`)
    await sleep(pollMilliseconds)
  }
}

/** Peak signal-to-noise ratios of pictures against the clean one, in dB. */
function measurePsnr(...pictures: string[]): number[] {
  const script = `
import json, sys
import numpy as np
from PIL import Image
clean, *others = (np.asarray(Image.open(path).convert("L"), dtype=np.float64) for path in sys.argv[1:])
print(json.dumps([10 * np.log10(255**2 / np.mean((clean - other) ** 2)) for other in others]))`
  const env = { ...process.env, PYTHONPATH: installPackages(python) }
  const args = ['-c', script, option('clean'), ...pictures]
  return JSON.parse(execFileSync(python, args, { cwd: root, env, encoding: 'utf8' }))
}

const mediaTypes: Record<string, string> = {
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
}

async function main(): Promise<undefined> {
  const picture = readFileSync(option('picture'))
  const file = basename(option('picture'))
  const type = mediaTypes[extname(file).toLowerCase()] ?? 'application/octet-stream'
  const upload = await presign({ mode: 'upload', file, type, length: String(picture.length) })
  await ask('upload', upload.url, { method: 'PUT', body: picture, headers: { 'content-type': type } })
  const result = await waitForResult(await infer(upload.key))
  mkdirSync(dirname(option('output')), { recursive: true })
  writeFileSync(option('output'), result)
  const [noisyPsnr, denoisedPsnr] = values.clean ? measurePsnr(option('picture'), option('output')) : []
  console.log(JSON.stringify({ noisyPsnr, denoisedPsnr, calls }))
}

await runMain(main)
