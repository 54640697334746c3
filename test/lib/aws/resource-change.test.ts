import { expect, it } from 'vitest'
import { toResourceChange } from '../../../lib/aws/resource-change.ts'

it('reads what a change set says of a resource, with the values of its properties', () => {
  const target = {
    Attribute: 'Properties' as const,
    Name: 'Size',
    Path: '/Properties/Size',
    BeforeValue: '1',
  }
  const later = '{{changeSet:KNOWN_AFTER_APPLY}}'
  expect(
    toResourceChange({
      Action: 'Modify',
      LogicalResourceId: 'R',
      ResourceType: 'T',
      Replacement: 'Conditional',
      Details: [
        { Target: { ...target, AfterValue: '2', RequiresRecreation: 'Always' } },
        { Target: { ...target, AfterValue: '2', RequiresRecreation: 'Always' }, CausingEntity: 'P' },
        { Target: { Attribute: 'Tags', AfterValue: later } },
        { Target: { Attribute: 'Properties', Name: 'Name' } },
        {},
      ],
    }),
  ).toEqual({
    action: 'Modify',
    logicalId: 'R',
    type: 'T',
    replacement: 'Conditional',
    properties: [
      { name: 'Properties/Size', before: '1', after: '2', replaces: 'Always' },
      { name: 'Tags', before: undefined, after: undefined, replaces: 'Never' },
      { name: 'Properties/Name', before: undefined, after: undefined, replaces: 'Never' },
    ],
  })
})

it('reads a change without details', () => {
  expect(toResourceChange({ Action: 'Add', LogicalResourceId: 'R' })).toEqual({
    ...{ action: 'Add', logicalId: 'R', type: '', replacement: '' },
  })
})
