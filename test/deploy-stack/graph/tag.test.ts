import { expect, it } from 'vitest'
import { verifyTags } from '../../../actions/deploy-stack/graph/tag.ts'

it.each([
  [
    [
      ['team', 'ml'],
      ['k'.repeat(129), 'secret'],
    ],
    'stack-tags: tag 2: expected a key of 1 to 128 characters, got 129',
  ],
  [[['', 'secret']], 'stack-tags: tag 1: expected a key of 1 to 128 characters, got 0'],
  [[['aws:x', 'secret']], 'stack-tags: tag 1: expected a key without the prefix "aws:"'],
  [
    [['k', `secret${'v'.repeat(251)}`]],
    'stack-tags: tag 1: expected a value of at most 256 characters, got 257',
  ],
] as [[string, string][], string][])('tags of a stack are refused, and not quoted: %j', (tags, message) => {
  expect(() => verifyTags(new Map(tags))).toThrow(message)
  expect(() => verifyTags(new Map(tags))).not.toThrow('secret')
})

it('tags of a stack may be as long as CloudFormation takes them', () => {
  expect(() => verifyTags(new Map([['k'.repeat(128), 'v'.repeat(256)]]))).not.toThrow()
})
