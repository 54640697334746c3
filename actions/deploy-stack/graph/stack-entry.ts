import { join } from 'node:path'
import type { YamlMap } from '../../../lib/yaml-map.ts'
import { readValue } from './entry-value.ts'
import { readSettings, type StackSettings, settingFields } from './stack-settings.ts'
import { fillPrefix, type Value } from './value.ts'

/** One stack as stacks.yml names it; paths are relative to the working folder. */
export type StackEntry = {
  key: string
  /** Where it stands, for messages. */
  place: string
  template: string
  /** Name of the stack, in which `${prefix}` may stand. */
  stackName: string
  /** Left out where nothing that is deployed takes an output of it, and the user does not ask for it. */
  optional: boolean
  /** The values of `prefix` and of variables (`env.NAME`) with which it is deployed. */
  when: ReadonlyMap<string, readonly string[]>
  dependsOn: readonly string[]
  /** Name to folder: packed, uploaded and given as the parameters NAMEBucket and NAMEKey. */
  assets: ReadonlyMap<string, string>
  parameters: ReadonlyMap<string, Value>
  settings: StackSettings
  /** `stack-name`, `parameters.NAME` and `assets.NAME` to where they stand, for messages. */
  places: ReadonlyMap<string, string>
}

/** The fields of a stack in stacks.yml. */
export const stackFields = [
  ...['template', 'stack-name', 'optional', 'when', 'depends-on', 'assets', 'parameters'],
  ...settingFields,
]

/** Reads one stack; paths are relative to `folder`, and `defaults` has settings for all. Throws UserError. */
export function readEntry(
  stacks: YamlMap,
  key: string,
  { folder, defaults }: { folder: string; defaults: YamlMap | undefined },
): StackEntry {
  if (!/^[a-z][a-z0-9-]{0,99}$/.test(key))
    throw stacks.refuse(key, 'expected a name in lower case of up to 100 letters, digits and dashes')
  const entry = stacks.map(key)
  entry.only(stackFields)
  const assets = entry.optionalMap('assets')
  const parameters = entry.optionalMap('parameters')
  return {
    key,
    place: stacks.place(key),
    template: join(folder, entry.text('template')),
    stackName: readStackName(entry, key),
    optional: entry.oneOf('optional', ['true', 'false'], 'false') === 'true',
    when: mapOf(entry.optionalMap('when'), readCondition),
    dependsOn: entry.has('depends-on') ? entry.texts('depends-on') : [],
    assets: mapOf(assets, (name, map) => join(folder, map.text(verifyAsset(name, map)))),
    parameters: mapOf(parameters, (name, map) => readValue(name, map, folder)),
    settings: readSettings(entry, defaults, folder),
    places: new Map([
      ...(entry.has('stack-name') ? [['stack-name', entry.place('stack-name')] as const] : []),
      ...placesOf('assets', assets),
      ...placesOf('parameters', parameters),
    ]),
  }
}

/**
 * Returns whether CloudFormation takes the name of a stack:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 */
export const isStackName = (name: string): boolean => /^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)

function readStackName(entry: YamlMap, key: string): string {
  if (!entry.has('stack-name')) return `\${prefix}-${key}`
  const name = entry.text('stack-name')
  // How long it is with its prefix is known later.
  if (isStackName(fillPrefix(name, 'p'))) return name
  throw entry.refuse('stack-name', `expected up to 128 letters, digits and dashes, got "${name}"`)
}

function readCondition(name: string, map: YamlMap): string[] {
  if (name !== 'prefix' && !/^env\.[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw map.refuse(name, 'expected prefix or env.NAME')
  return map.kindOf(name) === 'list' ? map.texts(name) : [map.text(name)]
}

// Its name is the beginning of two names of parameters.
function verifyAsset(name: string, map: YamlMap): string {
  if (/^[A-Za-z][A-Za-z0-9]{0,99}$/.test(name)) return name
  throw map.refuse(name, 'expected a name of letters and digits')
}

const mapOf = <T>(map: YamlMap | undefined, read: (name: string, map: YamlMap) => T) =>
  new Map(map ? map.names().map((name) => [name, read(name, map)]) : [])

const placesOf = (field: string, map: YamlMap | undefined) =>
  (map?.names() ?? []).map((name) => [`${field}.${name}`, map?.place(name) ?? ''] as const)
