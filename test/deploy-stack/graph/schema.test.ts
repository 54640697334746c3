import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { valueSources } from '../../../actions/deploy-stack/graph/entry-value.ts'
import { stackFields } from '../../../actions/deploy-stack/graph/stack-entry.ts'
import { settingFields } from '../../../actions/deploy-stack/graph/stack-settings.ts'
import { findTagFault, mostTags } from '../../../actions/deploy-stack/graph/tag.ts'
import { root } from '../../../scripts/local-aws-process.ts'

const path = join(root, 'actions/deploy-stack/stacks.schema.json')
const { $defs: definitions } = JSON.parse(readFileSync(path, 'utf8'))
const namesOf = (definition: string) => Object.keys(definitions[definition].properties).sort()

it('has the fields that the action reads', () => {
  expect(namesOf('stack')).toEqual([...stackFields].sort())
  expect(namesOf('settings')).toEqual([...settingFields].sort())
})

it('has the places where a value can be', () => {
  const places: { properties?: object }[] = definitions.value.anyOf
  const names = places.flatMap(({ properties = {} }) => Object.keys(properties))
  expect(names.filter((name) => name !== 'key')).toEqual([...valueSources])
})

it('has the bounds of tags', () => {
  const {
    maxProperties,
    propertyNames: key,
    additionalProperties: value,
  } = definitions.settings.properties.tags
  const isRefused = (name: string, text: string) => findTagFault(name, text) !== undefined
  const [least, most, longest] = [key.minLength, key.maxLength, value.maxLength]
  for (const length of [least, most]) expect(isRefused('k'.repeat(length), 'v'.repeat(longest))).toBe(false)
  for (const length of [least - 1, most + 1]) expect(isRefused('k'.repeat(length), '')).toBe(true)
  expect(isRefused('k', 'v'.repeat(longest + 1))).toBe(true)
  expect(maxProperties).toBe(mostTags)
  const pattern = new RegExp(key.pattern)
  for (const name of ['aws:x', 'aws', 'my:aws:x']) expect(pattern.test(name)).toBe(!isRefused(name, ''))
})
