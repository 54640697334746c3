import type { Numbers } from '../../../lib/service/pause-state/state.ts'
import type { OnConflict } from '../calendar/decide.ts'
import type { ServiceState } from '../observe/state.ts'
import { renderBounds, type Step } from '../step.ts'

/** What is planned for one service. */
export type ServicePlan = {
  service: string
  /** Empty where nothing is to be done. */
  steps: readonly Step[]
  /** What a person should know. */
  notes: readonly string[]
  /** Why nothing can be done; there are no steps then. */
  refusal: string | undefined
  /** How it stands after all steps: as wished, on its way where nobody waits for it, or left alone. */
  rest: 'reached' | 'under way' | 'left'
  /** Whether what was saved says the same as AWS, so that one look is enough. */
  isSure: boolean
}

/** What a plan depends on besides the state. */
export type Choice = {
  wait: boolean
  readyUrl: string | undefined
  /** Whether the ready URL has answered. */
  isReady: boolean
  /** Whose numbers hold for a service that was changed by hand: its own, those that are saved, or nobody's. */
  onConflict: OnConflict
  /** Services that nothing is done for any more in this run: what they use is left to them. */
  given: ReadonlySet<string>
}

const empty = { steps: [], notes: [], refusal: undefined, rest: 'reached', isSure: false } as const

/** Plans steps for a service. */
export const planSteps = (
  service: string,
  steps: readonly Step[],
  { notes, isUnderWay = false }: { notes: readonly string[]; isUnderWay?: boolean },
): ServicePlan => ({ ...empty, service, steps, notes, rest: isUnderWay ? 'under way' : 'reached' })

/** Plans nothing, since the wish is reached. */
export const planNothing = (
  service: string,
  isSure: boolean,
  notes: readonly string[] = [],
): ServicePlan => ({ ...empty, service, isSure, notes })

/** Plans nothing, since the service is none of the wish's business. */
export const leaveAlone = (service: string, notes: readonly string[] = []): ServicePlan => ({
  ...empty,
  service,
  notes,
  rest: 'left',
})

/** Plans nothing, since a service was changed by hand, and nobody has said whose numbers hold. */
export const refuseChanged = ({ name, desired, bounds }: ServiceState, saved: Numbers): ServicePlan =>
  refuse(
    name,
    `was changed by hand: it has ${renderNumbers({ desired, bounds })}, saved are ${renderNumbers(saved)}; choose one of them with on-conflict respect or restore`,
  )

const renderNumbers = ({ desired, bounds }: Pick<Numbers, 'desired' | 'bounds'>) =>
  `desired ${desired}${bounds ? `, ${renderBounds(bounds)}` : ''}`

/** Plans nothing, since nothing can be done. */
export const refuse = (service: string, refusal: string, isSure = false): ServicePlan => ({
  ...empty,
  service,
  refusal: `${service}: ${refusal}`,
  isSure,
})
