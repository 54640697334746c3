import { createContext, Script } from 'node:vm'

const longestMilliseconds = 100
const script = new Script('expression.test(value)')

/** Tests an expression that somebody else wrote; undefined where that takes too long, as with `(a+)+` it may. */
export function testBounded(expression: RegExp, value: string): boolean | undefined {
  try {
    const room = createContext({ expression, value })
    return script.runInContext(room, { timeout: longestMilliseconds }) === true
  } catch (error) {
    if (Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined
    throw error
  }
}
