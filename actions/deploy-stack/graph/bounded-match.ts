import { createContext, Script } from 'node:vm'

const script = new Script('expression.test(value)')

/** How long a test may take, and the processor time that the thread took so far, both in milliseconds. */
type Bound = { longest: number; used: () => number }

const bound: Bound = {
  longest: 200,
  used: () => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  },
}

/**
 * Tests an expression that somebody else wrote; undefined where that takes too long, as with `(a+)+` it may. What counts
 * is processor time: on a busy machine, a test that did not get it is made again, with twice the time on the clock.
 */
export function testBounded(
  expression: RegExp,
  value: string,
  { longest, used } = bound,
): boolean | undefined {
  const room = createContext({ expression, value })
  for (let timeout = longest; timeout <= longest * 32; timeout *= 2) {
    const before = used()
    try {
      return script.runInContext(room, { timeout }) === true
    } catch (error) {
      if (Object(error).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      // The clock may stop a test a little before it took all the time.
      if (used() - before > longest / 2) return undefined
    }
  }
  return undefined
}
