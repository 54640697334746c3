import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, nameCase } from '../test/faults/cases.ts'
import { badEndings } from '../test/faults/judge.ts'
import { faults } from '../test/faults/proxy/fault.ts'
import { renderReport } from '../test/faults/report.ts'
import { spread } from '../test/faults/sample.ts'
import { scenarios } from '../test/faults/scenarios/all.ts'
import { inLanes, prepareSweep, type Result } from '../test/faults/sweep.ts'
import { root, startLocalAws } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

/** How many cases run at a time: some wait, for the next try or look. */
const lanes = 4

/** How many cases more wait for a silent server at a time: they need time, but hardly a processor. */
const waitingLanes = 12

const waits = ({ rule: { fault } }: Case) => fault === 'silence' || fault === 'slow-drip'

function print(result: Result): void {
  const { ending, why, leftovers, seconds } = result
  const more = [why, leftovers.length > 0 ? `left over: ${leftovers.join('; ')}` : ''].filter(Boolean)
  console.log(
    `${ending}: ${nameCase(result)} (${seconds.toFixed(1)} s)${more.map((line) => `\n    ${line}`).join('')}`,
  )
}

/** Tries every fault at every operation; writes docs/reliability.md where all cases ran. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      case: { type: 'string', default: '' },
      faults: { type: 'string', default: faults.join() },
      list: { type: 'boolean', default: false },
    },
  })
  const start = performance.now()
  const temporary = mkdtempSync(join(tmpdir(), 'faults-'))
  process.env.TMPDIR = temporary
  mkdirSync(join(root, 'out'), { recursive: true })
  const aws = await startLocalAws({ logFile: join(root, 'out', 'faults-local-aws.log') })
  try {
    const [scenario] = values.case.split(' / ')
    const known = scenarios.filter(({ name }) => name === scenario)
    const sweep = await prepareSweep(aws.endpoint, known.length > 0 ? known : scenarios, 'time-out')
    const chosen = values.faults.split(',')
    const wanted = sweep.cases.filter(
      (one) => nameCase(one).includes(values.case) && chosen.includes(one.rule.fault),
    )
    // The dearest scenarios would come together in all lanes, and the account of each is made anew.
    const cases = spread(wanted, (one) => one.scenario)
    console.log(`${cases.length} cases of ${sweep.cases.length}`)
    if (values.list) {
      for (const one of cases) console.log(nameCase(one))
      return 0
    }
    const tried = async (one: Case) => {
      const result = await sweep.tryCase(one)
      print(result)
      return result
    }
    const results = await Promise.all([
      inLanes(
        cases.filter((one) => !waits(one)),
        lanes,
        tried,
      ),
      inLanes(cases.filter(waits), waitingLanes, tried),
    ])
    return finish(results.flat(), {
      whole: values.case === '',
      minutes: (performance.now() - start) / 60_000,
    })
  } finally {
    await aws.stop()
    rmSync(temporary, { recursive: true, force: true })
  }
}

function finish(results: readonly Result[], { whole, minutes }: { whole: boolean; minutes: number }): number {
  if (whole) writeFileSync(join(root, 'docs', 'reliability.md'), renderReport(results, { minutes }))
  const bad = results.filter(({ ending }) => badEndings.includes(ending))
  console.log(`${results.length - bad.length} passed, ${bad.length} failed`)
  return bad.length === 0 ? 0 : 1
}

await runMain(main)
