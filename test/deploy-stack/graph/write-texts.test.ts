import { expect, it } from 'vitest'
import { readTemplateTree } from '../../../actions/deploy-stack/graph/template-tree.ts'
import { writeTexts } from '../../../actions/deploy-stack/graph/write-texts.ts'

const body = 'Resources:\n  A: {Value: 010, Code: ./src, Name: !Sub "${X}"} # a comment\n'

it('writes texts that stay texts, and leaves the rest as it is written', () => {
  const written = writeTexts(body, 'a.yml', [
    { path: ['Resources', 'A', 'Name'], value: '012' },
    { path: ['Resources', 'A', 'Code'], value: { S3Key: 'yes' } },
    { path: ['Resources', 'B', 'Type'], value: 'T' },
  ])
  expect(written).toContain('# a comment')
  expect(readTemplateTree(written, 'a.yml').sections.Resources).toEqual({
    A: { Value: '8', Code: { S3Key: 'yes' }, Name: '012' },
    B: { Type: 'T' },
  })
})

it('does not touch a text where there is nothing to write', () => {
  expect(writeTexts('a:   1', 'a.yml', [])).toBe('a:   1')
})
