import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describeCall } from '../../lib/aws/operation.ts'
import { root } from '../local-aws-process.ts'

/** A call of the SDK, as `service:Operation` with IAM's prefix of the service, and the IAM action that it needs. */
export type SdkCall = { call: string; action: string }

/** Lists the calls of the SDK that an action's bundle contains: those of every module that its `main.ts` reaches. */
export function listSdkCalls(action: string): SdkCall[] {
  const calls = [...reach(join(root, 'actions', action, 'main.ts'))].flatMap(callsOf)
  const byName = new Map(calls.map((call) => [call.call, call]))
  return [...byName.values()].sort((a, b) => a.call.localeCompare(b.call))
}

// Types are gone from a bundle, and so are the modules that give nothing else.
const valueImport = /^(?:import|export)\s+(?!type\b)[^'"]*?from\s+'(\.[^']+\.ts)'/gm
const dynamicImport = /\bimport\('(\.[^']+\.ts)'\)/g

function reach(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found
  found.add(path)
  const text = readFileSync(path, 'utf8')
  const imports = [...text.matchAll(valueImport), ...text.matchAll(dynamicImport)]
  for (const [, target = ''] of imports) reach(join(dirname(path), target), found)
  return found
}

const sdkImport = /^import\s+\{([^}]*)\}\s+from\s+'@aws-sdk\/[\w-]+'/gm

function callsOf(path: string): SdkCall[] {
  return [...readFileSync(path, 'utf8').matchAll(sdkImport)].flatMap(([, list = '']) => {
    const names = list.split(',').map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*$/, ''),
    )
    const clientName = names.find((name) => name.endsWith('Client')) ?? ''
    return names
      .filter((name) => name.endsWith('Command'))
      .map((commandName) => {
        if (clientName === '')
          throw new Error(`${path}: ${commandName}: expected its client in the same import`)
        const { action } = describeCall({ clientName, commandName }, {})
        const service = action.slice(0, action.indexOf(':'))
        return { call: `${service}:${commandName.replace(/Command$/, '')}`, action }
      })
  })
}
