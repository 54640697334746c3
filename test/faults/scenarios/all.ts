import type { Scenario } from '../scenario.ts'
import { billingStatus, billMonth } from './billing.ts'
import { deployChange, deployNew, destroyAll } from './deploy.ts'
import { pause, resume, serviceStatus } from './pause.ts'
import { pushNew, pushUnchanged } from './push.ts'

/** All scenarios that are swept. */
export const scenarios: readonly Scenario[] = [
  pushNew,
  pushUnchanged,
  deployNew,
  deployChange,
  destroyAll,
  pause,
  resume,
  serviceStatus,
  billMonth,
  billingStatus,
]
