import type { ApiAnswer } from '../context.ts'
import type { Contract } from '../inputs.ts'
import { fileOf, fillBody, fillPath, readText } from '../plan/template.ts'
import { type Caller, CheckFailure, parseJson, success } from './caller.ts'

/** The API under check, as one user sees it. */
export type Api = {
  url: string
  keyHeaders: Readonly<Record<string, string>>
  contract: Contract
}

/** A picture to send. */
export type Sent = { file: string; type: string; bytes: Buffer<ArrayBuffer> }

/** What an inference left, for the checks that follow. */
export type Inferred = { file: string; key: string; result: Buffer; downloadUrl: string | undefined }

/** Uploads a picture, asks for its inference and downloads the result. */
export async function infer(
  sent: Sent,
  answer: 'sync' | 'async',
  api: Api,
  caller: Caller,
): Promise<Inferred> {
  const { contract } = api
  const key = await upload(sent, api, caller)
  const asked = await askFor({ ...sent, key }, answer === 'async' ? contract.asyncHeaders : {}, api, caller)
  if (contract.resultPath.length === 0 && asked.status !== 202) {
    return { file: sent.file, key, result: asked.body, downloadUrl: undefined }
  }
  const json = parseJson('inference', asked)
  const result = readText(json, contract.resultPath)
  if (result === undefined) {
    const path = contract.resultPath.join('.')
    throw new CheckFailure(`inference: expected the key of the result at "${path}" of the answer, got none`)
  }
  const error =
    asked.status === 202 ? (readText(json, contract.errorPath) ?? `${result}.error.json`) : undefined
  const nameOf = (found: string) => fileOf(found, { key, file: sent.file })
  const found = await fetchResult(nameOf(result), error && nameOf(error), api, caller)
  return { file: sent.file, key, ...found }
}

async function upload({ file, type, bytes }: Sent, api: Api, caller: Caller): Promise<string> {
  const path = fillPath(api.contract.uploadPath, { file, type, length: bytes.length })
  const { url, json } = await presign('presign the upload', path, api, caller)
  const headers = { 'content-type': type }
  await caller.call('upload', { method: 'PUT', url, headers, body: bytes }, success)
  return readText(json, ['key']) ?? file
}

/** Asks the API for a presigned URL. */
async function presign(step: string, path: string, api: Api, caller: Caller) {
  const request = { method: 'GET', url: `${api.url}${path}`, headers: api.keyHeaders }
  const json = parseJson(step, await caller.call(step, request, success))
  const url = readText(json, ['url'])
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new CheckFailure(`${step}: expected the field "url" with a URL in the answer, got none`)
  }
  return { url, json }
}

/** Asks for the inference of an uploaded picture. */
export async function askFor(
  { key, file, type, bytes }: Sent & { key: string },
  headers: Readonly<Record<string, string>>,
  { url, keyHeaders, contract }: Api,
  caller: Caller,
  accept = success,
): Promise<ApiAnswer> {
  const { method, path, body } = contract
  const values = { key, file, type, length: bytes.length }
  const request = {
    method,
    url: `${url}${fillPath(path, values)}`,
    headers: { 'content-type': 'application/json', ...headers, ...keyHeaders },
    body: method === 'GET' ? undefined : fillBody(body, values),
  }
  return await caller.call('inference', request, accept)
}

// Until a 202 is done neither the result is there nor its error. A 200 says that the result is there.
async function fetchResult(file: string, error: string | undefined, api: Api, caller: Caller) {
  if (error === undefined) {
    const found = await download(file, api, caller)
    if (!found)
      throw new CheckFailure(`download: expected the result ${file}, which the answer named; got 404`)
    return found
  }
  return await caller.poll(`result ${file} of the 202`, async () => {
    const found = await download(file, api, caller)
    const refusal = found ? undefined : await download(error, api, caller)
    if (refusal)
      throw new CheckFailure(`inference: ended with an error: ${refusal.result.toString().slice(0, 300)}`)
    return found
  })
}

async function download(file: string, api: Api, caller: Caller) {
  const path = fillPath(api.contract.downloadPath, { file, type: '', length: 0 })
  const { url } = await presign('presign the download', path, api, caller)
  const request = { method: 'GET', url, headers: {} }
  const answer = await caller.call('download', request, (status) => success(status) || status === 404)
  return answer.status === 404 ? undefined : { result: answer.body, downloadUrl: url }
}
