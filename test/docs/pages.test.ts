import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { steps } from '../../scripts/demo/life.ts'
import { root } from '../../scripts/local-aws-process.ts'

const pages = globSync('{*.md,{actions,cloudformation,docs,example,lib,local-aws}/**/*.md}', { cwd: root })
const actions = globSync('actions/*/action.yml', { cwd: root })
  .map((path) => dirname(path).slice(8))
  .sort()
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')
// Actions of GitHub, and what `adopt` writes into another repository.
const elsewhere = ['actions/cache', 'actions/attest-build-provenance', '.github/gpu-service-actions.json']
// Actions of others in our workflows, with their major versions.
const pinned = new Map(
  globSync('.github/workflows/*.yml', { cwd: root }).flatMap((path) =>
    [...read(path).matchAll(/uses: ([\w/-]+)@[0-9a-f]{40} # (v\d+)/g)].map(
      ([, name = '', major = '']) => [name, major] as const,
    ),
  ),
)
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

  it('names only files that exist', () => {
    const folders =
      'scripts|lib|actions|example|test|docs|cloudformation|lambda|local-aws|permissions|\\.github'
    const named = matches(text, new RegExp(`\`((?:${folders})/[\\w./-]+)\``, 'g'))
    const places = ['.', dirname(page), 'local-aws/local_aws']
    const isThere = (path: string) => places.some((place) => existsSync(join(root, place, path)))
    expect(named.filter((path) => !elsewhere.includes(path) && !isThere(path))).toEqual([])
  })

  it('uses actions by their major version, and says once that ours can be used by a commit', () => {
    const uses = matches(text, /^ *(?:- )?uses: (?!\.\/)(.*)$/gm)
    const ours = uses.filter((each) => each.startsWith('OWNER/gpu-service-actions/'))
    const byCommit = ' # or the commit of a release: @SHA'
    expect(ours.map((each) => each.endsWith(byCommit))).toEqual(ours.map((_, at) => at === 0))
    for (const each of ours) expect(each.replace(byCommit, '')).toMatch(/@v1$/)
    for (const each of uses) expect(each).toMatch(/^[\w/-]+@v\d+( # .*)?$/)
    const others = uses.filter((each) => pinned.has(each.split('@')[0] ?? ''))
    for (const each of others) expect(pinned).toContainEqual(each.split('@'))
  })

  it('reads only outputs that our actions have', () => {
    const blocks = matches(text, /```yaml\n([\s\S]*?)```/g)
    const unknown = blocks.flatMap((block) =>
      parseAllDocuments(block).flatMap((document) =>
        usesOf(document.toJS()).flatMap(({ action, id }) => {
          const known = Object.keys(parse(read(`actions/${action}/action.yml`)).outputs)
          const named = matches(block, new RegExp(`steps\\.${id}\\.outputs\\.([\\w-]+)`, 'g'))
          return named.filter((output) => !known.includes(output)).map((output) => `${action}: ${output}`)
        }),
      ),
    )
    expect(unknown).toEqual([])
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

it('the sums of the pages are right', () => {
  const sums = pages.flatMap((page) => [
    ...read(page).matchAll(/([\d(][\d.,()]*(?: [+−×÷] [\d.,()]+)+) = (\d[\d.,]*\d|\d)/g),
  ])
  expect(sums.length).toBeGreaterThan(8)
  const wrong = sums.filter(([, sum = '', result = '']) => {
    const [computed, stated] = [sum, result].map((text) => compute(text.replaceAll(',', '')))
    return computed !== stated
  })
  expect(wrong.map(([whole]) => whole)).toEqual([])
})

/** Computes a sum of numbers; the page's own signs are those of people. */
const compute = (sum: string): number =>
  new Function(`return ${sum.replaceAll('−', '-').replaceAll('×', '*').replaceAll('÷', '/')}`)()

describe('the pages', () => {
  const workflows = new Map(
    globSync('.github/workflows/*.yml', { cwd: root }).map((path) => [
      basename(path, '.yml'),
      parse(read(path)),
    ]),
  )
  const text = pages.map(read).join('\n')

  it('name workflows that exist', () => {
    const named = matches(text, /workflow `([a-z-]+)`/g)
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter((name) => !workflows.has(name))).toEqual([])
  })

  it('start workflows that can be started by hand, with inputs that they have', () => {
    const commands = [...text.matchAll(/gh workflow run ([a-z-]+)\.yml([^`\n]*)/g)]
    expect(commands.length).toBeGreaterThan(5)
    const unknown = commands.flatMap(([command, name = '', options = '']) => {
      const { on } = workflows.get(name) ?? { on: {} }
      const known = Object.keys(on.workflow_dispatch?.inputs ?? {})
      const isKnown = matches(options, /-f ([\w-]+)=/g).every((input) => known.includes(input))
      return 'workflow_dispatch' in on && isKnown ? [] : [command]
    })
    expect(unknown).toEqual([])
  })

  it('give actions that are run from here only inputs that they have', () => {
    const commands = [...text.matchAll(/npm run action -- ([\w-]+)([^`\n]*(?:\\\n[^`\n]*)*)/g)]
    expect(commands.length).toBeGreaterThan(5)
    const unknown = commands.flatMap(([, action = '', options = '']) => {
      const known = ['json', ...Object.keys(parse(read(`actions/${action}/action.yml`)).inputs)]
      return matches(options, / --([\w-]+)/g).filter((input) => !known.includes(input))
    })
    expect(unknown).toEqual([])
  })
})

/** Finds each use of an action of ours in a piece of a workflow, wherever it stands. */
function usesOf(node: unknown): { action: string; id: string; inputs: string[] }[] {
  if (node === null || typeof node !== 'object') return []
  const action = /\/actions\/([\w-]+)@/.exec(String(Reflect.get(node, 'uses') ?? ''))?.[1]
  const { id = '', with: inputs } = Object(node)
  const own = action ? [{ action, id: String(id), inputs: Object.keys(Object(inputs)) }] : []
  return [...own, ...Object.values(node).flatMap(usesOf)]
}

it.each(actions)('the README of %s shows its job summary, in a small picture', (action) => {
  const picture = `docs/pictures/${action}.svg`
  expect(read(`actions/${action}/README.md`)).toContain(`](../../${picture})`)
  expect(statSync(join(root, picture)).size).toBeLessThan(60_000)
  expect(read(picture)).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [\s\S]*<\/svg>\n$/)
})

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
    expect(actions.filter((action) => !text.includes(`actions/${action}/README.md`))).toEqual([])
    const commands = Object.keys(JSON.parse(read('package.json')).scripts).filter(
      (name) => !/^pre|^(start|test)$/.test(name),
    )
    const all = text + read('CONTRIBUTING.md')
    expect(commands.filter((name) => !all.includes(`npm run ${name}`))).toEqual([])
  })
})
