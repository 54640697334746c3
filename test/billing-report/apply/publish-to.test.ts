import { expect, it } from 'vitest'
import { publishTo, verifyPlace } from '../../../actions/billing-report/apply/publish-to.ts'

const place = 's3://bills/ddn'
const json = `${place}/bill-2026-03.json`
const own = '{"state":"closed","total":"7"}'

function makePlace(there?: string) {
  const written: [string, string, string][] = []
  const lines: string[] = []
  const publishing = {
    inputs: { publishTo: place, outputDirectory: 'bill' },
    aws: {
      published: {
        read: async (location: string) => (location === json ? there : undefined),
        write: async (...file: [string, string, string]) => void written.push(file),
        list: async (start: string) => [`${start}draft-bob.html`, `${start}ann.html`],
        remove: async (location: string) => void written.push([location, '', 'removed']),
      },
    },
    context: {
      log: { info: (line: string) => lines.push(line) },
      readFile: (path: string) => (path === 'bill/bill-2026-03.json' ? own : `text of ${path}`),
      signal: new AbortController().signal,
    },
  } as never
  return { written, lines, publishing }
}

const statement = 'statements/2026-03-ann.html'
const names = ['bill-2026-03.json', 'bill-2026-03.csv', 'run.json', statement, 'x/note.txt']
const files = names.map((name) => `bill/${name}`)

it('publishes all but what differs by run, each with its type, removes other statements, the JSON of the bill last', async () => {
  const { written, lines, publishing } = makePlace()
  await publishTo('2026-03', files, publishing)
  expect(written.slice(0, -1).map(([location, , type]) => [location, type])).toEqual([
    [`${place}/bill-2026-03.csv`, 'text/csv; charset=utf-8'],
    [`${place}/${statement}`, 'text/html; charset=utf-8'],
    [`${place}/x/note.txt`, 'application/octet-stream'],
    [`${place}/statements/2026-03-draft-bob.html`, 'removed'],
  ])
  expect(written.at(-1)).toEqual([json, own, 'application/json'])
  expect(lines).toEqual([`published 4 files in ${place}`])
})

const closed = '{"state":"closed","total":"8"}'

it.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  [own, undefined],
  ['{"state":"open","total":"8"}', undefined],
  ['{"state":"draft"}', undefined],
  [closed, 'closed'],
  ['{"state":"openly"}', 'openly'],
  ['{"state":"a draft"}', 'a draft'],
  ['{}', 'undefined'],
  ['null', 'undefined'],
  ['<html>', ''],
])('writes no file over %s', async (there, state) => {
  const { written, publishing } = makePlace(there)
  if (state === undefined) {
    await publishTo('2026-03', files, publishing)
    expect(written).toHaveLength(5)
    return
  }
  await expect(publishTo('2026-03', files, publishing)).rejects.toThrow(
    `publish-to: ${json}: expected no bill of 2026-03, an open one or this one, got another whose state is "${state}"; it stays`,
  )
  expect(written).toEqual([])
})

it('asks for no place where none is named', async () => {
  const published = { read: async () => closed }
  await verifyPlace('2026-03', { inputs: {}, aws: { published } } as never)
  await expect(verifyPlace('2026-03', makePlace(closed).publishing)).rejects.toThrow('it stays as it is')
})
