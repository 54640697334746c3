import type { TaskTimes } from '../../../lib/aws/task-times.ts'
import { type Markdown, md, renderTable } from '../../../lib/markdown.ts'
import { renderDuration } from './duration.ts'

/** How long the phases of a resume took, in milliseconds; undefined where nobody knows. */
export type ResumePhases = {
  /** From the resume to the first byte of the image: the instance starts and registers. */
  instance: number | undefined
  pull: number | undefined
  /** From the image to healthy targets: the container starts, and loads its model. */
  model: number | undefined
  /** From healthy targets to the answer of `ready-url`. */
  ready: number | undefined
}

/** When a resume began and what it reached, in epoch milliseconds. */
export type ResumeTimes = {
  begunAt: number
  tasks: readonly TaskTimes[]
  healthyAt: number | undefined
  readyAt: number | undefined
}

/** Divides a resume into its phases; of several tasks, the last one in each phase counts. */
export function dividePhases({ begunAt, tasks, healthyAt, readyAt }: ResumeTimes): ResumePhases {
  // Tasks that ran before the resume have nothing to do with it.
  const started = tasks.filter(({ startedAt = begunAt }) => startedAt >= begunAt)
  const last = (pick: (task: TaskTimes) => number | undefined) => {
    const known = started.flatMap((task) => pick(task) ?? [])
    return known.length === 0 ? undefined : Math.max(...known)
  }
  const pullStarted = last(({ pullStartedAt }) => pullStartedAt)
  const pulled = last(({ pullStoppedAt, startedAt }) => pullStoppedAt ?? startedAt)
  return {
    instance: between(begunAt, pullStarted ?? pulled),
    pull: between(pullStarted, pulled),
    model: between(pulled ?? begunAt, healthyAt),
    ready: between(healthyAt, readyAt),
  }
}

// The clocks of AWS and of the runner differ by a little.
const between = (from: number | undefined, to: number | undefined) =>
  from === undefined || to === undefined ? undefined : Math.max(0, to - from)

/** Renders how long the phases of services took. */
export function renderPhases(services: ReadonlyMap<string, ResumePhases>): Markdown {
  if (services.size === 0) return md``
  const names = ['instance', 'pull', 'model', 'ready'] as const
  const rows = [...services].map(([service, phases]) => [
    service,
    ...names.map((name) => (phases[name] === undefined ? '' : renderDuration(phases[name]))),
  ])
  return renderTable(['service', ...names], rows, { right: names })
}
