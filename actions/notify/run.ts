import { leaveComment } from '../../lib/github/comment.ts'
import { raiseIssue } from '../../lib/github/issue.ts'
import { md } from '../../lib/markdown.ts'
import type { Outcome } from '../../lib/outcome.ts'
import type { NotifyContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { describeWorkflowRun, findPullRequest, readSummary, type WorkflowRun } from './observe.ts'
import { writeLine, writeMessage } from './plan.ts'
import { reportLeft, reportPlanned } from './report.ts'

/** Tells somebody what happened: by a comment, an issue or a chat. */
export async function run(context: NotifyContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs, context.log.mask)
  const workflowRun = describeWorkflowRun(context)
  const summary = inputs.report === undefined ? md`` : readSummary(inputs.report, context)
  const message = writeMessage(inputs, summary, workflowRun)
  if (inputs.dryRun) return reportPlanned(message)
  const { result, url } = await send(message.markdown, inputs, workflowRun, context)
  context.log.info(`${result} ${url}`)
  return reportLeft(result, url, inputs.title)
}

async function send(text: string, inputs: Inputs, workflowRun: WorkflowRun, context: NotifyContext) {
  const { destination, title, key = workflowRun.workflow } = inputs
  if (destination.kind === 'webhook') {
    await context.post(destination.url, writeLine(inputs, workflowRun))
    return { result: 'sent', url: '' }
  }
  const github = context.connect(destination.token)
  if (destination.kind === 'issue') return await raiseIssue({ key, title, text }, github)
  return await leaveComment(destination.number ?? findPullRequest(context), key, text, github)
}
