import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { hostileArchives } from './archives.ts'
import { hostileStacks, hostileTexts } from './templates.ts'

const program = fileURLToPath(new URL('child.ts', import.meta.url))
// Of the processor: a machine that has other work to do takes longer.
const mostSeconds = 10
const mostMiB = 256
// Only for what would never end.
const killAfterMs = 60_000

type End = { name: string; message: string; cpuSeconds: number; peakMiB: number }

/** Meets a hostile input in a process of its own: how it ended, and how much memory it took at most. */
async function attack(kind: string, name: string): Promise<End> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, kind, name], {
    timeout: killAfterMs,
  })
  return JSON.parse(stdout)
}

const inputs = { archive: hostileArchives, template: hostileTexts, stacks: hostileStacks }
const table = Object.entries(inputs).flatMap(([kind, cases]) =>
  Object.entries(cases).map(([name, { sentence }]) => ({ kind, name, sentence })),
)

describe.concurrent('a hostile input', () => {
  it.each(table)(
    '$kind: $name ends in a sentence, with little time and memory',
    async ({ kind, name, sentence }) => {
      const end = await attack(kind, name)
      expect(end).toMatchObject({ name: 'UserError', message: expect.stringMatching(sentence) })
      expect(end.cpuSeconds).toBeLessThan(mostSeconds)
      expect(end.peakMiB).toBeLessThan(mostMiB)
    },
    killAfterMs,
  )
})
