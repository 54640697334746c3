import { expect, it } from 'vitest'
import { mangle, restoreCharacters } from '../../../actions/deploy-stack/graph/mangled.ts'

const give = (text: string) => text.replace(/[^\0-\x7f]/gu, '?')
const yaml = `Description: 서비스
Resources:
  Topic:
    Properties:
      DisplayName: !Sub '\${AWS::StackName} — 알림?'
      Tags: [{Key: "이름", Value: "값"}]
`

it('puts back what CloudFormation does not give, where the text of today has more and stands elsewhere', () => {
  const today = `# 처음\r\n${yaml.replaceAll('\n', '\r\n  ')}More: 그 밖\r\n`
  expect(restoreCharacters(give(yaml), today)).toBe(yaml)
  const json = JSON.stringify({ Resources: { Topic: { DisplayName: '알림 — 🚀' } } })
  expect(restoreCharacters(give(json), JSON.stringify({ Description: '새', ...JSON.parse(json) }))).toBe(json)
})

it('takes equal texts in their order, and none where it is not known which', () => {
  expect(restoreCharacters('- ???\n- ?\n', '- 하나\n- 둘\n')).toBe('- 하나\n- 둘\n')
  expect(restoreCharacters('- ?\n- ?\n', '- 둘\n')).toBe('- 둘\n- 둘\n')
  expect(restoreCharacters('- ?\n', '- 하나\n- 둘\n')).toBe('- ?\n')
})

it('leaves all else as it is given', () => {
  for (const today of ['Pattern: a$&?\n', 'Pattern: b\nDescription: 새\n'])
    expect(restoreCharacters('Pattern: a$&?\n', today)).toBe('Pattern: a$&?\n')
})

it('makes the same of a text and of what is given back', () => {
  for (const text of [yaml, '🚀', 'a?é']) expect(mangle(give(text))).toBe(mangle(text))
})
