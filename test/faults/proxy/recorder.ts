import type { Answer } from './error-answer.ts'
import { type Call, lengthOf, type Rule } from './fault.ts'
import type { Operation, Request } from './operation.ts'

/** Keeps what was called and answered, and decides which call a rule hits. */
export function makeRecorder(rule: Rule | undefined) {
  const calls: Call[] = []
  const counts = new Map<string, number>()
  const answers = new Map<string, { answer: Answer; writes: number }>()
  let writes = 0

  const count = (key: string) => {
    const next = (counts.get(key) ?? 0) + 1
    counts.set(key, next)
    return next
  }

  /** Adds a call; its `fault` is set where the rule hits it. */
  function add(operation: Operation, request: Request): { call: Call; before: Answer | undefined } {
    const { name } = operation
    const earlier = operation.writes ? undefined : answers.get(keyOf(request))
    const before = earlier && earlier.writes < writes ? earlier.answer : undefined
    const call: Call = {
      operation: name,
      writes: operation.writes,
      nth: count(name),
      staleNth: before ? count(`stale ${name}`) : 0,
    }
    if (rule && hits(rule, call)) call.fault = rule.fault
    calls.push(call)
    return { call, before }
  }

  /** Keeps the answer of the service to a call. */
  function keep(call: Call, request: Request, answer: Answer): void {
    call.status = answer.status
    call.answerBytes = answer.body.length
    if (call.writes) writes++
    else answers.set(keyOf(request), { answer, writes })
  }

  return { calls, add, keep }
}

function hits({ operation, nth, fault }: Rule, call: Call): boolean {
  if (operation !== call.operation) return false
  if (fault === 'stale') return call.staleNth === nth
  return call.nth >= nth && call.nth < nth + lengthOf(fault)
}

// A token of the client's differs from call to call: two such calls are not the same.
const keyOf = ({ method, url, body }: Request) => `${method} ${url} ${body.toString('latin1')}`
