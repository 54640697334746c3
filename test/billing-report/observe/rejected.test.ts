import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { countRecords } from '../../../actions/billing-report/observe/rejected.ts'

const raw = (bytes: Buffer) => JSON.stringify({ errorCode: 'x', rawData: bytes.toString('base64') })
const batch = (events: unknown) =>
  gzipSync(JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: events }))

it.each<[string, string, bigint]>([
  ['nothing', '', 0n],
  ['empty lines', '\n \n', 0n],
  ['a line each', '{"rawData":"e30="}\n{"errorCode":"x"}\n', 2n],
  ['lines that are no JSON', 'a\nb\n{"rawData":\nnull\n7', 5n],
  ['a batch of log events', raw(batch([{}, {}, {}])), 3n],
  ['a batch that is not compressed', raw(Buffer.from('{"logEvents":[{},{}]}')), 2n],
  ['a batch without events', raw(batch([])), 1n],
  ['a batch that is damaged', raw(batch([{}, {}]).subarray(0, 20)), 1n],
  ['events that are no list', raw(batch('many')), 1n],
])('counts %s', (_, text, count) => {
  expect(countRecords(text)).toBe(count)
})
