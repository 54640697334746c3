import { expect, it } from 'vitest'
import { parseValue, stacksOf } from '../../../actions/deploy-stack/graph/value.ts'

it('splits a value into its pieces', () => {
  expect(parseValue('arn:${region}:${storage.Bucket}/*', 'here')).toEqual([
    { kind: 'text', text: 'arn:' },
    { kind: 'setting', name: 'region' },
    { kind: 'text', text: ':' },
    { kind: 'output', stack: 'storage', output: 'Bucket' },
    { kind: 'text', text: '/*' },
  ])
})

it('takes the prefix within the names of a paused service', () => {
  expect(parseValue('${paused:${prefix}-cluster/${prefix}-service}', 'here')).toEqual([
    { kind: 'paused', cluster: '${prefix}-cluster', service: '${prefix}-service' },
  ])
})

it('names the stacks whose outputs it takes', () => {
  expect(stacksOf(parseValue('${a.X}${prefix}${b.Y}', 'here'))).toEqual(['a', 'b'])
})

it.each(['${Storage.X}', '${storage}', '${paused:x}', '${}'])('refuses %s', (text) => {
  expect(() => parseValue(text, 'f.yml:1:2: a.P')).toThrow(/^f\.yml:1:2: a\.P: expected \$\{stack\.Output\}/)
})
