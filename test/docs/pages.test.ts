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
    const [, table = ''] = /ends with this table:\n\n```\n([\s\S]*?)```/.exec(read('README.md')) ?? []
    const titles = matches(table, /^(\S.*?) {2,}\d/gm)
    expect(titles).toEqual(['Start the local AWS', ...steps.map(({ title }) => title)])
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

const scripts = [
  ...['s3_create_bucket', 'ecr_create_repository', 'ecr_load_docker_image', 'ecr_push_docker_image'],
  ...['lambda_00_prereqs', 'lambda_01_create_function', 'lambda_51_test_invoke_upload'],
  ...['lambda_52_test_invoke_download', 'lambda_99_cleanup', 'apigw_00_create_api'],
  ...['apigw_51_upload_localimage', 'apigw_52_download_image', 'apigw_99_cleanup', 'ecs_00_prereqs'],
  ...['ecs_01_create_cluster', 'ecs_02_', 'ecs_03_', 'ecs_04_', 'ecs_05_create_service'],
  ...['ecs_06_update_service', 'ecs_07_autoscaling', 'ecs_10_go_all', 'ecs_90_pause', 'ecs_91_resume'],
  ...['ecs_97_delete_alb', 'ecs_98_delete_task_defs', 'ecs_99_cleanup', 'billing_99_destroy_all'],
  ...['billing_00_create_update_pipeline', 'billing_01_create_athena_tables', 'billing_02_run_daily_ctas'],
  ...['billing_98_check_status'],
]

describe('docs/migration.md', () => {
  const text = read('docs/migration.md')

  it('names the successor of each script', () => {
    expect(scripts.filter((script) => !new RegExp(`^\\| .*\`${script}`, 'm').test(text))).toEqual([])
  })

  it('says of each script whether it can go', () => {
    const table = /## Scripts\n\n.*\n.*\n([\s\S]*?)\n\n/.exec(text)?.[1] ?? ''
    expect(table.split('\n').filter((row) => !/\| (works|in part: .+) \|$/.test(row))).toEqual([])
  })

  it('names only parameters that the templates have', () => {
    const unknown = [...text.matchAll(/`([a-z-]+)\.([A-Z]\w+)(?:=[^`]*)?`/g)].filter(
      ([, stack, name]) => !new RegExp(`^  ${name}:$`, 'm').test(read(`cloudformation/${stack}.yml`)),
    )
    expect(unknown.map(([whole]) => whole)).toEqual([])
  })
})
