import { type ClusterState, type ServiceState, stateOf } from '../observe/state.ts'
import { renderStep } from '../step.ts'
import { type Fitted, fitNumbers } from './fit.ts'
import { mergeSizes, othersOn } from './groups.ts'
import { planPause } from './pause.ts'
import { planResume } from './resume.ts'
import { type Choice, leaveAlone, refuse, type ServicePlan } from './service-plan.ts'

/** What is planned for a cluster. */
export type Plan = {
  services: readonly ServicePlan[]
  /** Groups, and instances of none, that a pause of all services leaves running, since none of them uses it. */
  strays: readonly string[]
}

/** Plans an operation from a look at the cluster. What is reached needs no steps. */
export function planOperation(operation: 'pause' | 'resume', state: ClusterState, choice: Choice): Plan {
  const refused = state.services.flatMap((service) => refuseService(service, operation) ?? [])
  const left = new Set(refused.map(({ service }) => service))
  const working = state.services.filter(({ name }) => !left.has(name))
  const plans = operation === 'pause' ? pauseAll(working, state, choice) : resumeAll(working, state, choice)
  const byName = new Map([...refused, ...plans].map((plan) => [plan.service, plan]))
  const services = state.services.flatMap(({ name }) => byName.get(name) ?? [])
  return { services, strays: operation === 'pause' && state.isWhole ? findStrays(services, state) : [] }
}

function refuseService(
  { name, found, ...service }: ServiceState,
  operation: string,
): ServicePlan | undefined {
  if (service.isDaemon) return leaveAlone(name)
  if (found.kind === 'damaged') return refuse(name, found.cause, true)
  if (service.isExternal)
    return refuse(name, `an external controller decides about its tasks; ${operation} it there`, true)
  return service.isDraining ? refuse(name, 'it was deleted, and its last tasks stop', true) : undefined
}

function pauseAll(services: readonly ServiceState[], state: ClusterState, choice: Choice): ServicePlan[] {
  const own = new Set(services.flatMap(({ name }) => (choice.given.has(name) ? [] : [name])))
  return services.map((service) => planPause(service, state, own, choice))
}

function resumeAll(services: readonly ServiceState[], state: ClusterState, choice: Choice): ServicePlan[] {
  const fitted = services.map((service): [ServiceState, Fitted | undefined] => {
    const saved = stateOf(service)?.saved
    return [service, saved && fitNumbers(saved, service, state)]
  })
  const wanted = mergeSizes(fitted.flatMap(([, numbers]) => numbers?.groups ?? []))
  return fitted.map(([service, numbers]) => {
    const groups = numbers?.groups.flatMap(({ name }) => wanted.get(name) ?? []) ?? []
    return planResume(service, state, numbers && { ...numbers, groups }, choice)
  })
}

// Who pauses a whole cluster expects that none of its GPUs runs on.
function findStrays(plans: readonly ServicePlan[], { services, groups, ungrouped }: ClusterState): string[] {
  const concerned = new Set(plans.flatMap(({ service, rest }) => (rest === 'left' ? [] : [service])))
  const covered = new Set(services.flatMap((each) => (concerned.has(each.name) ? each.groups : [])))
  const unused = [...groups.values()]
    .filter((group) => !covered.has(group.name) && group.instances.length + group.desired > 0)
    .filter((group) => othersOn(group, new Set()).length === 0)
  return [
    ...unused.map(({ name }) => name),
    ...ungrouped.flatMap(({ id, tasks, isConnected }) => (tasks === 0 && isConnected ? [id] : [])),
  ]
}

/** Renders a plan as lines of the log; what several services have in common stands once. */
export const renderPlan = ({ services }: Plan): string[] => [
  ...new Set(
    services.flatMap(({ steps, refusal }) => [
      ...steps.map(renderStep),
      ...(refusal === undefined ? [] : [refusal]),
    ]),
  ),
]
