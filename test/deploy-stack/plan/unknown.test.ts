import { expect, it } from 'vitest'
import { listUnknown, previewOutputs } from '../../../actions/deploy-stack/plan/unknown.ts'

it('finds the outputs that a value waits for', () => {
  const net = previewOutputs('net', new Map([['Known', 'v']]))
  const parameters = new Map<string, string | undefined>([
    ['A', `x-${net.get('One')}-${net.get('Two')}`],
    ['B', net.get('Known')],
    ['C', undefined],
    ['D', ''],
  ])
  expect(listUnknown(parameters)).toEqual(new Map([['A', ['net.One', 'net.Two']]]))
  expect([...net.keys()]).toEqual(['Known'])
})
