import { mkdirSync } from 'node:fs'
import { nearest } from '../lib/nearest.ts'
import { runActionProcess } from './action-process.ts'
import { actions } from './entry-point.ts'
import { runMain } from './run-main.ts'
import { renderLine } from './workflow-command.ts'

const usage = `usage: npm run action -- <${actions.join(' | ')}> [--INPUT VALUE ...] [--json]`

function parseArguments(args: readonly string[]): { inputs: Record<string, string>; json: boolean } {
  const inputs: Record<string, string> = {}
  let json = false
  for (let at = 0; at < args.length; at++) {
    const [flag = '', inline] = (args[at] ?? '').split(/=(.*)/s)
    if (flag === '--json') json = true
    else if (!flag.startsWith('--')) throw new Error(`expected --INPUT VALUE, got "${flag}"; ${usage}`)
    else if (inline !== undefined) inputs[flag.slice(2)] = inline
    else if (at + 1 < args.length && !args[at + 1]?.startsWith('--')) inputs[flag.slice(2)] = args[++at] ?? ''
    else inputs[flag.slice(2)] = 'true'
  }
  return { inputs, json }
}

async function main(): Promise<number> {
  const [action = '', ...args] = process.argv.slice(2)
  if (!actions.some((name) => name === action)) {
    const hint = nearest(action, actions)
    console.error(`${action ? `no action "${action}"${hint ? `; did you mean ${hint}` : ''}; ` : ''}${usage}`)
    return 2
  }
  const { inputs, json } = parseArguments(args)
  mkdirSync('out', { recursive: true })
  const run = await runActionProcess({
    action,
    inputs,
    env: { RUNNER_TEMP: 'out', ...process.env },
    onLine: (line) => {
      const text = renderLine(line)
      if (text !== undefined) (json ? console.error : console.log)(text)
    },
  })
  if (json) console.log(JSON.stringify(run.outputs, undefined, 2))
  else {
    if (run.summary) console.log(`\n${run.summary}`)
    for (const [name, value] of Object.entries(run.outputs)) console.log(`${name}: ${value}`)
  }
  return run.exitCode
}

await runMain(main)
