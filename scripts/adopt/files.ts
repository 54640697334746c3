import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../local-aws-process.ts'

/** Where the actions come from, as a workflow of another repository names them. */
export type Origin = {
  /** OWNER/REPO. */
  repository: string
  /** Commit, 40 hexadecimal digits. */
  sha: string
  /** Such as v1.2.3. */
  version: string
}

/** A file for another repository. */
export type AdoptedFile = {
  /** Relative to the repository, with slashes. */
  path: string
  content: string
  /** Whether it is written once and belongs to the user from then on. */
  isOwn: boolean
}

/** Workflows of this repository alone. */
const notAdopted = ['ci.yml', 'release.yml']

/** Examples that become files of the user. */
const examples = ['rates.yml', 'calendar.yml']

/** Lists the files of a repository that adopts the workflows. */
export function listFiles(origin: Origin): AdoptedFile[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const find = (pattern: string) => globSync(pattern, { cwd: root }).sort()
  const workflows = find('.github/workflows/*.yml').filter((path) => !notAdopted.includes(basename(path)))
  const stacks = find('{cloudformation/*.yml,lambda/*/dist/*}')
  const own = find('example/*.yml').filter((path) => examples.includes(basename(path)))
  return [
    ...workflows.map((path) => ({ path, content: nameOrigin(read(path), origin), isOwn: false })),
    ...stacks.map((path) => ({ path, content: read(path), isOwn: false })),
    ...own.map((path) => ({ path: basename(path), content: read(path), isOwn: true })),
  ]
}

// How a script and an expression name this repository at the commit of a run.
const inScript = String.raw`\$GITHUB_SERVER_URL/\$GITHUB_REPOSITORY/blob/\$GITHUB_SHA/`
const inExpression = String.raw`\$\{\{ github.server_url \}\}/\$\{\{ github.repository \}\}/blob/\$\{\{ github.sha \}\}/`
const ownPages = new RegExp(`(?:${inScript}|${inExpression})?\\bdocs/`, 'g')

/**
 * Names the actions and the pages of this repository as another one does; its reusable workflows come along, and stay
 * local.
 */
export function nameOrigin(workflow: string, { repository, sha, version }: Origin): string {
  return workflow
    .replaceAll(
      /uses: \.\/((?:\.github\/)?actions\/[\w-]+)$/gm,
      (_, path) => `uses: ${repository}/${path}@${sha} # ${version}`,
    )
    .replaceAll(ownPages, `https://github.com/${repository}/blob/${sha}/docs/`)
}
