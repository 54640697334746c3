import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../bundle.ts'
import { root } from '../local-aws-process.ts'

/** What a month costs: bytes of the raw rows, those that a bill from roll-ups scans, and lines of usage that differ. */
type Scan = { rows: number; rawBytes: number; billBytes: number; differences: number }

type Cost = { seconds: number; cpuSeconds: number; peakRssBytes: number; exitCode: number; error: string }
type Run = Pick<Cost, 'seconds' | 'cpuSeconds' | 'peakRssBytes'> & {
  client: 'billing-report' | 'csv + decimal'
  users: number
  /** Of all users. */
  total: string
  csvBytes: number
  htmlBytes?: number
}

const month = 'bill-2026-09'
const sizes = [10_000, 100_000, 1_000_000]
const ratesText = `version: 1
currency: KRW
decimals: 0
tax: {name: VAT, percent: "10"}
rates:
  - valid-from: 2026-01-01
    meters:
      - {id: inference, match: {routes: ["POST /inference"], status: [2xx]}, unit: request, free: 100, tiers: [{up-to: 1000, price: "12.5"}, {price: "10"}]}
      - {id: egress, match: {routes: ["POST /inference"], status: [2xx]}, unit: responselength, per: 1000000, tiers: [{price: "0.4"}]}
plans:
  default: {minimum: "1000"}
`
const meters = ['responselength', 'dataprocessed', 'responselatency', 'integrationlatency']
const columns = [
  ...['user', 'routekey', 'status', 'row_class', 'rates_version', 'requests', 'duplicates'],
  ...[...meters, ...meters.map((meter) => `${meter}_unreadable`)],
]

/**
 * Prices the result of a month's query and writes all files of the bill, for 10,000, 100,000 and 1,000,000 users of
 * two rows each, beside a program that does the same with csv and decimal in Python. Before, adds a month of ten raw rows
 * for each of the largest number up. A number limits the users.
 */
export async function benchBilling([most = String(sizes.at(-1))]: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-billing-'))
  try {
    writeFileSync(join(folder, 'rates.yml'), ratesText)
    // As users run it: to strip types takes half of the memory.
    await bundle('test/fixtures/bill-from-result.ts', join(folder, 'program'))
    const scan = runScan(folder, Number(most) * 10)
    console.log(JSON.stringify(scan))
    const runs = sizes
      .filter((users) => users <= Number(most))
      .flatMap((users) => {
        const rows = writeResult(join(folder, 'result.csv'), users)
        return [runOurs(folder, users, rows), runPeer(folder, users)]
      })
    for (const run of runs) console.log(JSON.stringify(run))
    const bounds = [...compareScan(scan), ...compare(runs)]
    for (const bound of bounds) console.log(JSON.stringify(bound))
    return bounds.every(({ reached }) => reached)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runScan(folder: string, rows: number): Scan {
  const program = join(root, 'test', 'fixtures', 'bill-scan.ts')
  return JSON.parse(execFileSync(process.execPath, [program, folder, String(rows)], { encoding: 'utf8' }))
}

/** Writes what Athena would: all cells quoted, sorted by user; returns the raw rows that it stands for. */
function writeResult(path: string, users: number): bigint {
  const file = openSync(path, 'w')
  const line = (cells: readonly (string | number)[]) => `${cells.map((cell) => `"${cell}"`).join(',')}\n`
  let rows = 0
  let text = line(columns)
  for (let at = 0; at < users; at++) {
    const user = `user-${String(at).padStart(7, '0')}@example.org`
    for (const status of [200, 201]) {
      const requests = ((at * 7919 + status) % 1500) + 1
      rows += requests
      text += line([
        ...[user, 'POST /inference', status, 'attributed', 0, requests, 0],
        ...[requests * 123_457, requests * 1000, requests * 40, requests * 30],
        ...[0, 0, 0, 0],
      ])
    }
    if (text.length > 1_000_000 || at === users - 1) {
      writeSync(file, text)
      text = ''
    }
  }
  closeSync(file)
  return BigInt(rows)
}

function runOurs(folder: string, users: number, rows: bigint): Run {
  const program = join(folder, 'program', 'index.js')
  const [rates = '', result = '', out = ''] = ['rates.yml', 'result.csv', 'bill'].map((name) =>
    join(folder, name),
  )
  const cost = measure(folder, [process.execPath, program, rates, result, String(rows), out])
  const sizeOf = (form: string) => statSync(join(out, `${month}.${form}`)).size
  const { total }: { total: string } = JSON.parse(readFileSync(join(out, `${month}.json`), 'utf8'))
  return {
    client: 'billing-report',
    users,
    ...cost,
    total,
    csvBytes: sizeOf('csv'),
    htmlBytes: sizeOf('html'),
  }
}

function runPeer(folder: string, users: number): Run {
  const [result = '', target = '', sum = ''] = ['result.csv', 'peer.csv', 'peer.txt'].map((name) =>
    join(folder, name),
  )
  const program = join(root, 'scripts', 'bench', 'billing_peer.py')
  const cost = measure(folder, [python, program, result, target, sum])
  const total = readFileSync(sum, 'utf8')
  return { client: 'csv + decimal', users, ...cost, total, csvBytes: statSync(target).size }
}

const python = join(root, '.venv', 'bin', 'python')

function measure(
  folder: string,
  command: readonly string[],
): Pick<Cost, 'seconds' | 'cpuSeconds' | 'peakRssBytes'> {
  const program = join(root, 'scripts', 'bench', 'measure.py')
  const cost: Cost = JSON.parse(execFileSync(python, [program, folder, ...command], { encoding: 'utf8' }))
  if (cost.exitCode !== 0) throw new Error(`${command.join(' ')}: ended with ${cost.exitCode}: ${cost.error}`)
  const { seconds, cpuSeconds, peakRssBytes } = cost
  return { seconds, cpuSeconds, peakRssBytes }
}

type Bound = { what: string; value: number; most: number; reached: boolean }

const bound = (what: string, value: number, most: number): Bound => ({
  ...{ what, value: Math.round(value * 1000) / 1000, most, reached: value <= most },
})

const compareScan = ({ rawBytes, billBytes, differences }: Scan): Bound[] => [
  bound('lines of usage from roll-ups that differ from those of the raw rows', differences, 0),
  bound('bytes that a bill from roll-ups scans, as a share of the raw rows', billBytes / rawBytes, 0.01),
]

function compare(runs: readonly Run[]): Bound[] {
  const of = (client: Run['client']) => runs.filter((run) => run.client === client)
  const ours = of('billing-report')
  const peers = of('csv + decimal')
  const largest = ours.at(-1)
  const peer = peers.at(-1)
  const before = ours.at(-2)
  if (!largest || !peer) return []
  const perUser = ({ cpuSeconds, users }: Run) => cpuSeconds / users
  return [
    bound(
      'bills of other totals than those of the peer',
      ours.filter(({ total }, at) => total !== peers[at]?.total).length,
      0,
    ),
    bound(`seconds for ${largest.users} users`, largest.seconds, 30),
    bound(`MiB of memory for ${largest.users} users`, largest.peakRssBytes / 2 ** 20, 300),
    bound('MB of HTML', (largest.htmlBytes ?? 0) / 1e6, 2),
    ...(before
      ? [bound('CPU a user, as a share of ten times fewer users', perUser(largest) / perUser(before), 1.2)]
      : []),
    bound('CPU, as a share of the peer', largest.cpuSeconds / peer.cpuSeconds, 1.25),
    ...(largest.users < 1_000_000
      ? []
      : [bound('memory, as a share of the peer', largest.peakRssBytes / peer.peakRssBytes, 0.5)]),
  ]
}
