import { join } from 'node:path'
import type { YamlMap } from '../../../lib/yaml-map.ts'
import { findTagFault } from './tag.ts'

/** What stacks.yml says of a stack besides its template and parameters; what is undefined is left as it is. */
export type StackSettings = {
  tags: ReadonlyMap<string, string>
  /** Whether its resources are kept from replacement and deletion, and the stack from `destroy`. */
  isProtected: boolean
  terminationProtection: boolean | undefined
  /** Path of the file with the stack policy, or, once it is read, its text. */
  policy: string | undefined
  notificationArns: readonly string[] | undefined
  /** Alarms that roll an update back, and how long they are watched after it. */
  rollback: { alarms: readonly string[]; minutes: number } | undefined
  roleArn: string | undefined
}

/** The settings of a stack of which nothing is said. */
export const noSettings: StackSettings = {
  tags: new Map(),
  isProtected: false,
  terminationProtection: undefined,
  policy: undefined,
  notificationArns: undefined,
  rollback: undefined,
  roleArn: undefined,
}

/** The fields of settings, of one stack or, in `defaults`, of all. */
export const settingFields = [
  ...['tags', 'protect', 'termination-protection', 'stack-policy', 'notification-arns'],
  ...['rollback-alarms', 'rollback-minutes', 'role-arn'],
]

/** Reads the settings of a stack; those that it does not have come from `defaults`, and tags from both. Throws UserError. */
export function readSettings(entry: YamlMap, defaults: YamlMap | undefined, folder: string): StackSettings {
  const from = (field: string) => [entry, defaults].find((map) => map?.has(field))
  const flag = (field: string) => {
    const map = from(field)
    return map && map.oneOf(field, ['true', 'false']) === 'true'
  }
  const policy = from('stack-policy')?.text('stack-policy')
  const alarms = readArns('rollback-alarms', from('rollback-alarms'))
  const minutes = from('rollback-minutes')?.integer('rollback-minutes', 0n, 180n) ?? 0n
  const [roleArn] = readArns('role-arn', from('role-arn')) ?? []
  return {
    tags: new Map([...tagsOf(defaults), ...tagsOf(entry)]),
    isProtected: flag('protect') ?? false,
    terminationProtection: flag('termination-protection'),
    policy: policy === undefined ? undefined : join(folder, policy),
    notificationArns: readArns('notification-arns', from('notification-arns')),
    rollback: alarms && { alarms, minutes: Number(minutes) },
    roleArn,
  }
}

function readArns(field: string, map: YamlMap | undefined): string[] | undefined {
  if (!map) return undefined
  const arns = map.kindOf(field) === 'list' ? map.texts(field) : [map.text(field)]
  const bad = arns.find((arn) => !/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{12}:\S+$/.test(arn))
  if (bad !== undefined) throw map.refuse(field, `expected an ARN, got "${bad}"`)
  return arns
}

function tagsOf(map: YamlMap | undefined): [string, string][] {
  const tags = map?.optionalMap('tags')
  return tags ? tags.names().map((name) => [name, readTag(tags, name)]) : []
}

function readTag(tags: YamlMap, name: string): string {
  const value = tags.text(name)
  const fault = findTagFault(name, value)
  if (fault !== undefined) throw tags.refuse(name, fault)
  return value
}
