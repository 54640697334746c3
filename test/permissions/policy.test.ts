import { describe, expect, it } from 'vitest'
import { toStatements } from '../../scripts/permissions/policy.ts'

const condition = { StringEquals: { 'aws:RequestedRegion': 'a' } }
const grant = (actions: string, resources: string, under?: typeof condition) => ({
  actions: actions.split(' '),
  resources: resources.split(' '),
  condition: under,
})
const allow = (actions: string, resources: string) => ({
  Effect: 'Allow',
  Action: actions.split(' '),
  Resource: resources.split(' '),
})

describe('the statements of a policy', () => {
  it.each([
    ['joins actions of the same resources', [grant('b', 'x y'), grant('a', 'y x')], [allow('a b', 'x y')]],
    ['allows nothing twice', [grant('a', 'x y'), grant('a', 'y z'), grant('a', 'y')], [allow('a', 'x y z')]],
    ['leaves out what a wider action allows', [grant('a*', 'x'), grant('ab', 'x')], [allow('a*', 'x')]],
    ['leaves out a part of a resource', [grant('a', 'x/* y'), grant('a', 'x/1 z')], [allow('a', 'x/* y z')]],
    [
      'leaves out what is allowed without a condition',
      [grant('a', 'x'), grant('a', 'x', condition)],
      [allow('a', 'x')],
    ],
    [
      'keeps what only a condition allows',
      [grant('a', 'x', condition), grant('a', 'y')],
      [{ ...allow('a', 'x'), Condition: condition }, allow('a', 'y')],
    ],
  ])('%s', (_, lines, expected) => {
    expect(toStatements(lines)).toEqual(expected)
  })
})
