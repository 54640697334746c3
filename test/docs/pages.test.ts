import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { steps } from '../../scripts/demo/life.ts'
import { root } from '../../scripts/local-aws-process.ts'

const pages = globSync('{*.md,{actions,cloudformation,docs,example,lib,local-aws}/**/*.md}', { cwd: root })
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')
const withoutCode = (text: string) => text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '')
const anchorsOf = (text: string) =>
  matches(withoutCode(text), /^#+ (.*)$/gm).map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

describe.each(pages)('%s', (page) => {
  const text = read(page)

  it('links to pages and headings that exist', () => {
    const broken = matches(withoutCode(text), /\]\(([^)\s]+)\)/g).filter((link) => {
      if (link.startsWith('https://')) return false
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const known = Object.keys(scripts)
    expect(matches(text, /npm run ([\w:-]+)/g).filter((name) => !known.includes(name))).toEqual([])
  })

  it('gives our actions only inputs that they have', () => {
    const blocks = matches(text, /```yaml\n([\s\S]*?)```/g)
    const unknown = blocks.flatMap((block) =>
      parseAllDocuments(block).flatMap((document) => {
        expect(document.errors, block).toEqual([])
        return usesOf(document.toJS()).flatMap(({ action, inputs }) => {
          const known = Object.keys(parse(read(`actions/${action}/action.yml`)).inputs)
          return inputs.filter((input) => !known.includes(input)).map((input) => `${action}: ${input}`)
        })
      }),
    )
    expect(unknown).toEqual([])
  })
})

/** Finds each use of an action of ours in a piece of a workflow, wherever it stands. */
function usesOf(node: unknown): { action: string; inputs: string[] }[] {
  if (node === null || typeof node !== 'object') return []
  const action = /\/actions\/([\w-]+)@/.exec(String(Reflect.get(node, 'uses') ?? ''))?.[1]
  const own = action ? [{ action, inputs: Object.keys(Object(Reflect.get(node, 'with'))) }] : []
  return [...own, ...Object.values(node).flatMap(usesOf)]
}

describe('README.md', () => {
  it('shows the steps that npm start goes through', () => {
    const [, table = ''] = /the paths of the reports:\n\n```\n([\s\S]*?)```/.exec(read('README.md')) ?? []
    const titles = matches(table, /^(\S.*?) {2,}\d/gm)
    expect(titles).toEqual(['Start the local AWS', ...steps.map(({ title }) => title)])
  })

  it('links to every page', () => {
    const linked = matches(withoutCode(read('README.md')), /\]\(([^)\s#]+)/g)
    expect(pages.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([])
  })

  it('has a row for each action and each command', () => {
    const text = read('README.md')
    const actions = globSync('actions/*/action.yml', { cwd: root }).map((path) => dirname(path).slice(8))
    expect(actions.filter((action) => !text.includes(`actions/${action}/README.md`))).toEqual([])
    const commands = Object.keys(JSON.parse(read('package.json')).scripts).filter(
      (name) => !/^pre|^(start|test)$/.test(name),
    )
    expect(commands.filter((name) => !text.includes(`npm run ${name}`))).toEqual([])
  })
})
