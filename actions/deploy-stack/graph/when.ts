import { UserError } from '../../../lib/errors.ts'
import type { Graph } from './graph.ts'
import type { StackEntry } from './stack-entry.ts'
import { stacksOf } from './value.ts'

/** What the conditions of stacks are compared with. */
type Circumstances = { prefix: string; env: Readonly<Record<string, string | undefined>> }

/**
 * Leaves out the stacks whose `when` does not hold. `given` are parameters, `Name` or `stack.Name`, that stand for what
 * such a stack would give to others. Throws UserError where another stack takes an output of one.
 */
export function chooseByWhen(
  graph: Graph,
  circumstances: Circumstances,
  given: ReadonlyMap<string, string>,
): Graph {
  const chosen = new Map([...graph].filter(([, { when }]) => holds(when, circumstances)))
  for (const { key, parameters, places } of chosen.values()) {
    for (const [name, value] of parameters) {
      const missing = stacksOf(value).find((stack) => !chosen.has(stack))
      if (missing === undefined || given.has(name) || given.has(`${key}.${name}`)) continue
      throw new UserError(
        `${places.get(`parameters.${name}`)}: takes an output of "${missing}", which its "when" leaves out; give ${key}.${name}=… in the input parameters, or add a "when" to "${key}"`,
      )
    }
  }
  const isChosen = (key: string) => chosen.has(key)
  return new Map(
    [...chosen].map(([key, entry]) => [key, { ...entry, dependsOn: entry.dependsOn.filter(isChosen) }]),
  )
}

const holds = (when: StackEntry['when'], { prefix, env }: Circumstances) =>
  [...when].every(([name, allowed]) =>
    allowed.includes((name === 'prefix' ? prefix : env[name.slice('env.'.length)]) ?? ''),
  )
