import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startRegistry } from './bench/registry-process.ts'
import { runMain } from './run-main.ts'
import { skip, type Tally } from './verify-pull/check.ts'
import { verifyForeign } from './verify-pull/foreign.ts'
import { makePlace, readDiffIds, writeArchives } from './verify-pull/place.ts'
import { verifyPulls } from './verify-pull/pull.ts'
import { verifyReuse } from './verify-pull/reuse.ts'
import { describeMissing, isInstalled, tools } from './verify-pull/tool.ts'

/** Pulls what we pushed by the tools of others, and pushes what they pushed and packed: nothing is sent again or lost. */
async function main(): Promise<number> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  if (isInstalled(tools.registry)) await verify(tally)
  else skip(tally, 'all checks', describeMissing(tools.registry))
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`)
  return tally.failed === 0 ? 0 : 1
}

async function verify(tally: Tally): Promise<void> {
  const place = makePlace()
  const storage = join(place.folder, 'registry')
  mkdirSync(storage)
  const registry = await startRegistry(storage)
  try {
    const archives = await writeArchives(place)
    const setting = {
      ...place,
      registry,
      tally,
      archives,
      diffIds: await readDiffIds(archives[0]?.path ?? ''),
    }
    await verifyPulls(setting)
    await verifyReuse(setting)
    await verifyForeign(setting)
  } finally {
    await registry.stop()
    rmSync(place.folder, { recursive: true, force: true })
  }
}

await runMain(main)
