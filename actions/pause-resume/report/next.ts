import { blocks, code, type Markdown, md, renderList } from '../../../lib/markdown.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import { stateAt } from '../calendar/state.ts'
import type { Setting } from '../prepare/setting.ts'
import { describeCalendar } from './calendar.ts'

/** Says how a wish is undone, and what the calendar does next; `now` in epoch milliseconds. */
export function renderNext(
  { operation, state }: Pick<Pursuit, 'operation' | 'state'>,
  { calendar, timeZone }: Pick<Setting, 'calendar' | 'timeZone'>,
  now: number,
): Markdown {
  const undo = operation === 'pause' ? 'resume' : 'pause'
  const steps = [
    md`${undo} with ${code(`operation: ${undo}`)} for the same services of ${code(state.cluster)}`,
    ...(calendar === undefined ? [] : [describeCalendar(stateAt(calendar, now), timeZone)]),
  ]
  return blocks(md`**Next**`, renderList(steps))
}
