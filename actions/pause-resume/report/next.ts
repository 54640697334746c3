import { blocks, code, type Markdown, md, renderList } from '../../../lib/markdown.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import { stateAt } from '../calendar/state.ts'
import { describeCalendar } from './calendar.ts'
import type { Telling } from './status.ts'

/** Says how a wish is undone, and what the calendar does next. */
export function renderNext(
  { operation, state }: Pick<Pursuit, 'operation' | 'state'>,
  { calendar, timeZone, now }: Pick<Telling, 'calendar' | 'timeZone' | 'now'>,
): Markdown {
  const undo = operation === 'pause' ? 'resume' : 'pause'
  const steps = [
    md`${undo} with ${code(`operation: ${undo}`)} for the same services of ${code(state.cluster)}`,
    ...(calendar === undefined ? [] : [describeCalendar(stateAt(calendar, now), timeZone)]),
  ]
  return blocks(md`**Next**`, renderList(steps))
}
