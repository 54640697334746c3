import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { valueSources } from '../../../actions/deploy-stack/graph/entry-value.ts'
import { stackFields } from '../../../actions/deploy-stack/graph/stack-entry.ts'
import { settingFields } from '../../../actions/deploy-stack/graph/stack-settings.ts'
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
