import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'

const [english = '', korean = ''] = ['README.md', 'README.ko.md'].map((path) =>
  readFileSync(join(root, path), 'utf8'),
)
const find = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found)

it('has the same headings, by their level', () => {
  const levelsOf = (text: string) => find(text.replaceAll(/```[\s\S]*?```/g, ''), /^(#+) /gm)
  expect(levelsOf(korean)).toEqual(levelsOf(english))
})

it('has the same commands, workflows and pictures', () => {
  const blocksOf = (text: string) => find(text, /(```(?:sh|yaml|mermaid)\n[\s\S]*?```)/g)
  expect(blocksOf(korean)).toEqual(blocksOf(english))
})

it('has a row for each action', () => {
  const actionsOf = (text: string) => find(text, /^\| \[`([\w-]+)`\]\(actions\//gm)
  expect(actionsOf(korean)).toEqual(actionsOf(english))
})

it('names only commands that the other names', () => {
  const missing = find(korean, /^\| `(npm run [^`]+)`/gm).filter((command) => !english.includes(command))
  expect(missing).toEqual([])
})
