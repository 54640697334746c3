import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { python, root } from '../local-aws-process.ts'

// The run of the demo whose job summary stands for those of the action.
const shownRuns: Readonly<Record<string, string>> = {
  'push-image': '03-push',
  'deploy-stack': '05-deploy',
  'pause-resume': '10-pause',
  'check-service': '07-picture-alice',
  'billing-report': '15-bill',
  notify: '09-comment',
}

/** Draws the job summary of each action from its run below `out`, as `pictures/ACTION.svg`. */
export async function drawSummaries(out: string): Promise<void> {
  const folder = join(out, 'pictures')
  mkdirSync(folder, { recursive: true })
  const paths = Object.entries(shownRuns).flatMap(([action, run]) => [
    join(out, run, 'summary.md'),
    join(folder, `${action}.svg`),
  ])
  await promisify(execFile)(python, [join(root, 'scripts', 'demo', 'summary_picture.py'), ...paths])
}
