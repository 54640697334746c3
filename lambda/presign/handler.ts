// A function has one file that knows the SDK: this one.
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type ApiEvent, parseRequest, type Request, readSettings } from './request.ts'

const expiresInSeconds = 900
const { INPUT_BUCKET: inputBucket, OUTPUT_BUCKET: outputBucket } = process.env
const settings = readSettings(process.env)
// Otherwise the URL asks for a checksum that no plain HTTP client sends.
const s3 = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' })

type Transfer = Extract<Request, { key: string }>

/** Answers GET /presign with a URL that uploads an image or downloads a result, and GET /ping. */
export async function handler(event: ApiEvent) {
  const request = parseRequest(event, settings)
  if (request.kind === 'ping') return answer(200, { status: 'ok' })
  if (request.kind === 'refused')
    return answer(request.status, { code: request.code, message: request.message })
  const method = request.kind === 'upload' ? 'PUT' : 'GET'
  return answer(200, { url: await sign(request), method, key: request.key, expiresInSeconds })
}

async function sign(request: Transfer): Promise<string> {
  if (request.kind === 'download') {
    const command = new GetObjectCommand({ Bucket: outputBucket, Key: request.key })
    return await getSignedUrl(s3, command, { expiresIn: expiresInSeconds })
  }
  const command = new PutObjectCommand({
    Bucket: inputBucket,
    Key: request.key,
    ContentType: request.type,
    ContentLength: request.lengthBytes,
  })
  // Signed, so that the URL takes what was announced and nothing else.
  const announced = { 'content-type': request.type, 'content-length': request.lengthBytes }
  const signed = Object.entries(announced).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const signableHeaders = new Set(['host', ...signed])
  return await getSignedUrl(s3, command, { expiresIn: expiresInSeconds, signableHeaders })
}

const answer = (statusCode: number, body: Record<string, unknown>) => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})
