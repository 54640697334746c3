import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { blocks, type Markdown, md } from '../../../lib/markdown.ts'
import { readInTime } from '../../../lib/read-in-time.ts'
import { diagnose, renderDiagnosis } from '../../../lib/service/diagnosis/diagnosis.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import type { ServiceState } from '../observe/state.ts'
import type { ClusterRun } from './cluster-run.ts'

/** Why services are not as wished, as AWS tells it: one sentence each, and more for the summary. */
export type Explanation = { sentences: readonly string[]; details: Markdown }

const servicesExplained = 3

/**
 * Asks AWS why services are not as wished at the end of the time: why tasks do not run or are not healthy, and which
 * protect themselves from being stopped. What cannot be read hides nothing.
 */
export async function explainUnreached(
  pursuit: Pursuit,
  since: number,
  run: ClusterRun,
): Promise<Explanation> {
  const { operation, state, plan, outcomes } = pursuit
  const awaited = operation === 'pause' ? 'wait-until-stopped' : 'wait-until-healthy'
  const waiting = plan.services.flatMap(({ service, steps }) =>
    steps.some(({ kind }) => kind === awaited) ? [service] : [],
  )
  const stuck = state.services.filter(
    ({ name, desired, running }) =>
      waiting.includes(name) &&
      /^(timeout|failed)$/.test(outcomes.get(name)?.kind ?? '') &&
      (operation === 'pause' ? running : desired) > 0,
  )
  const explain = operation === 'pause' ? findProtected : diagnoseService
  const found = await mapConcurrently(
    stuck.slice(0, servicesExplained),
    { concurrency: servicesExplained },
    async (service) =>
      await readInTime(async () => await explain(service, since, run), {
        ...run.context,
        unread: `what keeps ${service.name} is not known`,
      }),
  )
  return {
    sentences: found.flatMap((each) => each?.sentences ?? []),
    details: blocks(...found.flatMap((each) => each?.details ?? [])),
  }
}

async function diagnoseService({ name }: ServiceState, since: number, { aws, chosen }: ClusterRun) {
  const evidence = await aws.serviceEvidence.read(chosen.cluster, name, new Date(since))
  if (!evidence) return undefined
  const diagnosis = diagnose(evidence)
  const details = blocks(md`Why ${name} does not run:`, renderDiagnosis(diagnosis))
  return { sentences: [diagnosis.sentence], details }
}

async function findProtected({ name }: ServiceState, _since: number, { aws, chosen }: ClusterRun) {
  const tasks = await aws.taskProtection.list(chosen.cluster, name)
  if (tasks.length === 0) return undefined
  const sentence = `${name}: ${tasks.length} task(s) protect themselves, and run until their protection ends`
  return { sentences: [sentence], details: md`` }
}
