import { inputTable as billingReport } from '../../actions/billing-report/input-table.ts'
import { inputTable as checkService } from '../../actions/check-service/input-table.ts'
import { inputTable as deployStack } from '../../actions/deploy-stack/input-table.ts'
import { inputTable as notify } from '../../actions/notify/input-table.ts'
import { inputTable as pauseResume } from '../../actions/pause-resume/input-table.ts'
import { inputTable as pushImage } from '../../actions/push-image/input-table.ts'
import type { Input } from '../../lib/inputs.ts'

/** The tables of inputs, by action. */
export const inputTables: Readonly<Record<string, Readonly<Record<string, Input<unknown>>>>> = {
  'push-image': pushImage.rows,
  'deploy-stack': deployStack.rows,
  'check-service': checkService.rows,
  'pause-resume': pauseResume.rows,
  'billing-report': billingReport.rows,
  notify: notify.rows,
}
