import { messageOf, UserError } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { readAuthor } from '../../../lib/service/pause-state/author.ts'
import { newPauseState } from '../../../lib/service/pause-state/state.ts'
import { updatePauseState } from '../../../lib/service/pause-state/states.ts'
import type { ServiceOutcome } from '../apply/pursuit.ts'
import { reportKeptAwake } from '../report/decisions.ts'
import { reportPlanned } from '../report.ts'
import { type ClusterRun, showTimeIn } from './cluster-run.ts'

const servicesAtATime = 8

/** Keeps services from being paused until a time, and reports it. */
export async function keepAwake(run: ClusterRun): Promise<Outcome> {
  const { aws, chosen, inputs, setting } = run
  const { cluster } = chosen
  const wanted = chosen.services.length > 0 ? chosen.services : await aws.ecs.listServices(cluster)
  const described = await aws.ecs.describeServices(cluster, wanted)
  const services = described.map(({ name }) => name)
  const missing = wanted.find((name) => !services.includes(name))
  if (missing !== undefined) throw new UserError(`services: no service "${missing}" in ${cluster}`)
  const until = showTimeIn(setting)(setting.keepAwakeUntil ?? 0)
  const lines = new Map(
    described.map(({ name, desired }) => {
      const advice = desired === 0 ? '; it does not run now: resume it' : ''
      return [name, `keep ${name} awake until ${until}: ${inputs.reason ?? ''}${advice}`]
    }),
  )
  if (inputs.dryRun) return reportPlanned([...lines.values()])
  return reportKeptAwake(cluster, lines, await noteKeepAwake(services, run))
}

async function noteKeepAwake(
  services: readonly string[],
  run: ClusterRun,
): Promise<Map<string, ServiceOutcome>> {
  const { aws, chosen, context, inputs, setting } = run
  const author = readAuthor(context.env, { reason: inputs.reason, now: context.clock.now() })
  const keepAwake = { ...author, until: new Date(setting.keepAwakeUntil ?? 0).toISOString() }
  const failed = await mapConcurrently(services, { concurrency: servicesAtATime }, async (service) => {
    const place = { cluster: chosen.cluster, service }
    try {
      await updatePauseState(aws.pauseStates, place, (state) => ({
        ...(state ?? newPauseState(place.cluster, service)),
        keepAwake,
      }))
      return []
    } catch (error) {
      context.signal.throwIfAborted()
      const kind = error instanceof UserError ? 'refused' : 'failed'
      return [[service, { kind, cause: `${service}: ${messageOf(error)}` }] as const]
    }
  })
  return new Map(failed.flat())
}
