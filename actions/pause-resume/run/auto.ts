import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { UserError } from '../../../lib/errors.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { Calendar } from '../calendar/calendar.ts'
import { type Decision, decide, type Subject } from '../calendar/decide.ts'
import { stateAt } from '../calendar/state.ts'
import { glance, isOurs, toSubject } from '../observe/glance.ts'
import type { ClusterState } from '../observe/state.ts'
import { describeCalendar } from '../report/calendar.ts'
import { reportDecisions } from '../report/decisions.ts'
import { type ClusterRun, showTimeIn } from './cluster-run.ts'
import type { Held } from './hold.ts'
import { pursueWish } from './wish.ts'

/** Does what the calendar says for now. Where nothing has to change, a short look is enough. */
export async function followCalendar(calendar: Calendar, run: ClusterRun): Promise<Outcome> {
  const { aws, chosen, context, inputs, setting } = run
  const now = context.clock.now()
  const said = stateAt(calendar, now)
  const sentence = describeCalendar(said, setting.timeZone)
  context.log.info(sentence)
  const choice = { now, onConflict: inputs.onConflict, showTime: showTimeIn(setting) }
  const decideAll = (subjects: readonly Subject[]) =>
    new Map(subjects.map((subject) => [subject.name, decide(said, subject, choice)]))
  const subjects = await glance(chosen.cluster, chosen.services, aws, now).catch((error: unknown) => {
    // The whole look waits until AWS is less busy.
    if (isTransientAwsError(error)) return undefined
    throw error
  })
  const seen = decideAll(subjects ?? [])
  refuseConflicts(seen)
  if (subjects && [...seen.values()].every(({ operation }) => operation === 'none'))
    return reportDecisions(chosen.cluster, sentence, seen)
  return await pursueWish(
    {
      operation: said.isRunning ? 'resume' : 'pause',
      reason: `calendar: ${said.why}`,
      startedAt: now,
      isNoted: false,
      hold: (state) => {
        const decisions = decideAll(subjectsOf(state, now))
        refuseConflicts(decisions)
        return toHeld(decisions)
      },
    },
    run,
  )
}

function subjectsOf({ services, groups }: ClusterState, now: number): Subject[] {
  const full = [...groups.values()].filter(({ instances }) => instances.length > 0).map(({ name }) => name)
  return services.filter(isOurs).map((service) => toSubject(service, new Set(full), now))
}

function refuseConflicts(decisions: ReadonlyMap<string, Decision>): void {
  const conflicts = [...decisions].flatMap(([name, { operation, why }]) =>
    operation === 'fail' ? [`${name}: ${why}`] : [],
  )
  if (conflicts.length > 0) throw new UserError(`on-conflict: ${conflicts.join('; ')}`)
}

const kinds = {
  'already-paused': 'already',
  'already-running': 'already',
  'kept-awake': 'kept-awake',
  skipped: 'skipped',
} as const

const toHeld = (decisions: ReadonlyMap<string, Decision>): Held =>
  new Map(
    [...decisions].flatMap(([name, decision]) => {
      if (decision.operation !== 'none') return []
      const kind = kinds[decision.result]
      return [[name, { kind, cause: kind === 'already' ? '' : `${name}: ${decision.why}` }] as const]
    }),
  )
