import { expect, it } from 'vitest'
import { makeToolkitHints } from '../../../../lib/aws/toolkit/hints.ts'
import { identityXml, sendXml, startAws } from '../../../fixtures/aws-server.ts'

/** Starts AWS whose bucket answers everything alike. */
async function start(status: number, code: string) {
  const { calls, config } = await startAws(({ url }, response) =>
    /^\/[^/?]/.test(url)
      ? sendXml(response, status, `<Error><Code>${code}</Code></Error>`)
      : sendXml(response, 200, identityXml),
  )
  return { hints: makeToolkitHints(config, 'ddn'), calls }
}

it.each([
  [404, 'NoSuchKey'],
  [404, 'NoSuchBucket'],
  [403, 'AccessDenied'],
])('finds nothing where the answer is %i %s, and creates no bucket', async (status, code) => {
  const { hints, calls } = await start(status, code)
  expect(await hints.read('push/app/a.json')).toBeUndefined()
  await expect(hints.write('push/app/a.json', '{}')).rejects.toThrow(/^s3:PutObject/)
  expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /',
    'GET /ddn-toolkit-111122223333-eu-west-1/push/app/a.json?x-id=GetObject',
    'PUT /ddn-toolkit-111122223333-eu-west-1/push/app/a.json?x-id=PutObject',
  ])
  expect(calls.slice(1).map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual([
    '111122223333',
    '111122223333',
  ])
})
