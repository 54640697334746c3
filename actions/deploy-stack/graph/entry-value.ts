import { join } from 'node:path'
import type { YamlMap } from '../../../lib/yaml-map.ts'
import { parseValue, type Value } from './value.ts'

/** Where a value of stacks.yml can be, besides the file itself. */
export const valueSources = ['env', 'file', 'ssm', 'secret'] as const

/**
 * Reads a value: a text; a list, whose items are joined by commas; or a map that names where it is, such as `{ env: NAME }`.
 * Paths are relative to `folder`. Throws UserError.
 */
export function readValue(name: string, map: YamlMap, folder: string): Value {
  const kind = map.kindOf(name)
  if (kind === 'text') return parseValue(map.text(name), map.place(name))
  if (kind === 'list') return parseValue(map.texts(name).join(','), map.place(name))
  return [readSource(map.map(name), folder)]
}

function readSource(source: YamlMap, folder: string): Value[number] {
  source.only([...valueSources, 'key'])
  const [from, ...more] = valueSources.filter((each) => source.has(each))
  const isKeyed = source.has('key')
  if (from === undefined || more.length > 0 || (isKeyed && from !== 'secret'))
    throw source.refuse('', `expected one of ${valueSources.join(', ')}, and key beside secret only`)
  const text = source.text(from)
  if (from === 'env') return { kind: 'env', name: text }
  if (from === 'file') return { kind: 'file', path: join(folder, text) }
  // Both become a part of a path in SSM.
  if (!/^[\w.\-/+=@]{1,512}$/.test(text))
    throw source.refuse(from, `expected the name of a parameter or secret, got "${text}"`)
  if (from === 'ssm') return { kind: 'ssm', name: text }
  return { kind: 'secret', name: text, key: isKeyed ? source.text('key') : undefined }
}
