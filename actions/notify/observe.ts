import { UserError } from '../../lib/errors.ts'
import type { Markdown } from '../../lib/markdown.ts'
import type { NotifyContext } from './context.ts'

/** The run of the workflow that has something to tell. */
export type WorkflowRun = {
  workflow: string
  /** Empty outside of a workflow. */
  url: string
  branch: string
  actor: string
  event: string
}

/** Describes the run from the runner's variables. */
export function describeWorkflowRun({ env }: Pick<NotifyContext, 'env'>): WorkflowRun {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env
  return {
    workflow: env.GITHUB_WORKFLOW || 'workflow',
    url: server && repository && id ? `${server}/${repository}/actions/runs/${id}` : '',
    branch: env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME || '',
    actor: env.GITHUB_ACTOR ?? '',
    event: env.GITHUB_EVENT_NAME ?? '',
  }
}

/** Finds the number of the pull request in the event that started the run. */
export function findPullRequest({ env, readFile }: Pick<NotifyContext, 'env' | 'readFile'>): number {
  const text = env.GITHUB_EVENT_PATH ? readFile(env.GITHUB_EVENT_PATH) : '{}'
  const { number, pull_request } = Object(parseJson(text, 'GITHUB_EVENT_PATH'))
  const found = Number(Object(pull_request).number ?? number)
  if (Number.isInteger(found) && found > 0) return found
  throw new UserError(
    'number: expected the number of a pull request, got none; the event is of no pull request',
  )
}

/** Reads the summary that an action left in its report, where its secrets are masked already. */
export function readSummary(path: string, { readFile }: Pick<NotifyContext, 'readFile'>): Markdown {
  const { summary } = Object(parseJson(readFile(path, 'it is the output "report" of an action'), path))
  if (typeof summary === 'string') return { markdown: summary }
  throw new UserError(`report: ${path}: expected a report with a summary, got another`)
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UserError(`${what}: expected JSON, got another text`)
  }
}
