import { benchBilling } from './bench/billing.ts'
import { benchDeflate } from './bench/deflate.ts'
import { benchDeploy } from './bench/deploy.ts'
import { benchPause } from './bench/pause.ts'
import { benchPull } from './bench/pull.ts'
import { benchPush } from './bench/push.ts'
import { runMain } from './run-main.ts'

/** Each benchmark prints JSON lines, the ratios last, and tells whether all bounds were reached. */
const benchmarks: ReadonlyMap<string, (args: readonly string[]) => Promise<boolean>> = new Map([
  ['billing', benchBilling],
  ['deflate', benchDeflate],
  ['deploy', benchDeploy],
  ['pause', benchPause],
  ['pull', benchPull],
  ['push', benchPush],
])

await runMain(async () => {
  const [name = '', ...args] = process.argv.slice(2)
  const run = benchmarks.get(name)
  if (!run) throw new Error(`benchmark: expected one of ${[...benchmarks.keys()].join(', ')}, got "${name}"`)
  return (await run(args)) ? 0 : 1
})
