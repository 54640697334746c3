import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const parameter = (name: string, value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: name, Value: value },
})

/** Stack to the stacks whose exports it imports, in an order in which they can be deployed. */
export const imports: Readonly<Record<string, readonly string[]>> = {
  ...{ base: [], one: ['base'], two: ['base'], top: ['one', 'two'] },
}

/** Writes four stacks with three resources each, as files that each client can read. */
export function writeGraph(folder: string): void {
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const [key, needed] of Object.entries(imports)) {
    const values = [...needed.map((other) => ({ 'Fn::ImportValue': `bench-${other}` })), 'x', 'x', 'x']
    const resources = [1, 2, 3].map((at) => [`P${at}`, parameter(`/bench/${key}/${at}`, values[at - 1])])
    const Outputs = { Name: { Value: { Ref: 'P1' }, Export: { Name: `bench-${key}` } } }
    const template = JSON.stringify({ Resources: Object.fromEntries(resources), Outputs })
    write(`${key}.json`, template)
    write(`templates/${key}.json`, template)
    const settings = { template: { path: `${key}.json`, type: 'file' }, stack_name: `bench-${key}` }
    const dependencies = needed.map((other) => `stacks/${other}.yaml`)
    write(`config/stacks/${key}.yaml`, JSON.stringify({ ...settings, dependencies }))
  }
  write('config/config.yaml', 'project_code: bench\nregion: ap-northeast-2\n')
  writeStacksFile(folder, Object.keys(imports))
}

/** Writes many stacks with fifty resources each; returns the path of their file. */
export function writeManyStacks(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true })
  const keys = Array.from({ length: count }, (_, at) => `stack-${at}`)
  for (const key of keys) {
    const resources = Array.from({ length: 50 }, (_, at) => [`P${at}`, parameter(`/${key}/${at}`, 'x')])
    writeFileSync(join(folder, `${key}.json`), JSON.stringify({ Resources: Object.fromEntries(resources) }))
  }
  return writeStacksFile(folder, keys)
}

function writeStacksFile(folder: string, keys: readonly string[]): string {
  const path = join(folder, 'stacks.yml')
  const entries = keys.map((key) => `  ${key}: {template: ${key}.json}`)
  writeFileSync(path, `${['stacks:', ...entries].join('\n')}\n`)
  return path
}
