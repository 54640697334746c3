import { S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { makeClient } from '../../../lib/aws/client.ts'
import { readText } from '../../../lib/aws/s3-body.ts'
import { makeObjects } from '../../../lib/aws/s3-objects.ts'
import { type Answer, sendXml, startAws } from '../../fixtures/aws-server.ts'

const content = Buffer.from('0123456789')

async function readObject(answer: Answer) {
  const { config, calls } = await startAws(answer)
  const pieces: Uint8Array[] = []
  const read = async () => {
    for await (const piece of makeObjects(config).read('s3://bucket/key')) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }
  return { read, ranges: () => calls.map(({ headers }) => [headers.range, headers['if-match']]) }
}

/** Sends the rest of the object from the range on, and breaks the connection after some bytes. */
const sendCut =
  (bytes: number): Answer =>
  ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? 'bytes=0-')?.[1])
    const rest = content.subarray(start)
    response.writeHead(start === 0 ? 200 : 206, { 'content-length': rest.length, etag: '"e"' })
    response.write(rest.subarray(0, bytes), () => {
      if (bytes >= rest.length) response.end()
      else response.socket?.destroy()
    })
  }

it('goes on where an answer broke off, in the same object', async () => {
  const { read, ranges } = await readObject(sendCut(4))
  expect(await read()).toBe('0123456789')
  expect(ranges()).toEqual([
    [undefined, undefined],
    ['bytes=4-', '"e"'],
    ['bytes=8-', '"e"'],
  ])
})

it('fails in a sentence where no byte comes any more', async () => {
  const { read, ranges } = await readObject((call, response, count) =>
    sendCut(count === 1 ? 4 : 0)(call, response, count),
  )
  await expect(read()).rejects.toThrow(/^s3:\/\/bucket\/key: offset 4: /)
  expect(ranges()).toHaveLength(5)
})

const listed = (keys: readonly string[], next = '') =>
  `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size><ETag>e</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`).join('')}${next && `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`

it('lists the keys of a range by their bytes, and no page behind it', async () => {
  const pages = [listed(['p/a', 'p/b'], 'n'), listed(['p/c', 'p/d', 'p/é'], 'm')]
  const { config, calls } = await startAws((_, response, count) =>
    sendXml(response, 200, pages[count - 1] ?? ''),
  )
  const range = { prefix: 'p/', after: 'p/0', before: 'p/d' }
  const found = await Array.fromAsync(makeObjects(config).list('bucket', range))
  expect(found.map(({ key }) => key)).toEqual(['p/a', 'p/b', 'p/c'])
  expect(found[0]).toMatchObject({ size: 1, etag: 'e', modified: Date.UTC(2026, 0) })
  const asked = calls.map(({ url }) => Object.fromEntries(new URL(url, 'http://s3').searchParams))
  expect(asked).toMatchObject([
    { prefix: 'p/', 'start-after': 'p/0' },
    { prefix: 'p/', 'continuation-token': 'n' },
  ])
  expect(calls).toHaveLength(2)
})

it('removes objects, and names the one that stays and why', async () => {
  const answers = ['', '<Error><Key>b</Key><Code>AccessDenied</Code><Message>policy</Message></Error>']
  const { config, calls } = await startAws((_, response, count) =>
    sendXml(response, 200, `<DeleteResult>${answers[count - 1]}</DeleteResult>`),
  )
  const objects = makeObjects(config)
  await objects.remove('bucket', ['a', 'b'])
  expect(calls[0]?.body).toMatch(/<Key>a<\/Key>.*<Key>b<\/Key>.*<Quiet>true<\/Quiet>/)
  expect(calls[0]?.url).toBe('/bucket/?delete=')
  await expect(objects.remove('bucket', ['a', 'b'])).rejects.toThrow(
    's3://bucket/b: not deleted: AccessDenied: policy',
  )
})

it('reads a text, or nothing where there is none, and hides no other failure', async () => {
  const answers = ['', 'NoSuchKey', 'NoSuchKeyPair']
  const { config } = await startAws((_, response, count) => {
    if (count === 1) response.writeHead(200, { 'content-length': 2 }).end('ab')
    else sendXml(response, 404, `<Error><Code>${answers[count - 1]}</Code></Error>`)
  })
  const client = makeClient(S3Client, { ...config, forcePathStyle: true })
  const object = { Bucket: 'bucket', Key: 'key' }
  expect([await readText(client, object), await readText(client, object)]).toEqual(['ab', undefined])
  await expect(readText(client, object)).rejects.toThrow('s3:GetObject bucket/key: NoSuchKeyPair')
})

it('does not mix two objects', async () => {
  const { read } = await readObject((call, response, count) => {
    if (count === 1) sendCut(4)(call, response, count)
    else
      response
        .writeHead(412, { 'content-type': 'application/xml' })
        .end('<Error><Code>PreconditionFailed</Code><Message>changed</Message></Error>')
  })
  await expect(read()).rejects.toThrow('s3:GetObject bucket/key: PreconditionFailed: changed')
})
