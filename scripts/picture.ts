// Sends a picture on its way through the service: presigned upload, inference, presigned download.
// Prints what the noise was before and after, as one line of JSON.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages } from './example-image/layers.ts'
import { python, root } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

const options = {
  'api-url': { type: 'string' },
  'service-url': { type: 'string' },
  'api-key': { type: 'string' },
  picture: { type: 'string' },
  clean: { type: 'string' },
  output: { type: 'string' },
} as const
const { values } = parseArgs({ options })

function option(name: keyof typeof options): string {
  const value = values[name]
  if (!value) throw new Error(`--${name}: expected a value, got none`)
  return value
}

async function ask(what: string, url: string, request: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, request)
  if (!answer.ok) throw new Error(`${what}: ${answer.status}: ${await answer.text()}`)
  return answer
}

async function presign(query: Record<string, string>): Promise<{ url: string; key: string }> {
  const address = `${option('api-url')}/presign?${new URLSearchParams(query)}`
  const answer = await ask('presign', address, { headers: { 'x-api-key': option('api-key') } })
  const { url, key } = Object(await answer.json())
  return { url: String(url), key: String(key) }
}

/** Peak signal-to-noise ratio of a picture against the clean one, in dB. */
function measurePsnr(picture: string): number {
  const script = `
import sys
import numpy as np
from PIL import Image
first, second = (np.asarray(Image.open(path).convert("L"), dtype=np.float64) for path in sys.argv[1:])
print(10 * np.log10(255**2 / np.mean((first - second) ** 2)))`
  const env = { ...process.env, PYTHONPATH: installPackages(python) }
  const args = ['-c', script, picture, option('clean')]
  return Number(execFileSync(python, args, { cwd: root, env, encoding: 'utf8' }))
}

async function main(): Promise<undefined> {
  const picture = readFileSync(option('picture'))
  const file = basename(option('picture'))
  const type = 'image/png'
  const upload = await presign({ mode: 'upload', file, type, length: String(picture.length) })
  await ask('upload', upload.url, { method: 'PUT', body: picture, headers: { 'content-type': type } })
  const inference = await ask('inference', `${option('service-url')}/invocations`, {
    method: 'POST',
    body: JSON.stringify({ file: upload.key }),
    headers: { 'content-type': 'application/json' },
  })
  const { file: result } = Object(await inference.json())
  const download = await presign({ mode: 'download', file: basename(String(result)) })
  mkdirSync(dirname(option('output')), { recursive: true })
  writeFileSync(option('output'), Buffer.from(await (await ask('download', download.url)).arrayBuffer()))
  const noisyPsnr = measurePsnr(option('picture'))
  console.log(JSON.stringify({ noisyPsnr, denoisedPsnr: measurePsnr(option('output')) }))
}

await runMain(main)
