import type { LedgerPage } from '../../../lib/aws/toolkit/ledger.ts'
import type { Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'

// How all stood at the start of a month is told by the events before it: a pause may last for a season.
const reachMs = 400 * 24 * 3_600_000

/** Reads the pauses of the service's cluster in a month, and those before that may last into it. */
export async function readPauses(
  { prefix }: Pick<Inputs, 'prefix'>,
  { start, end }: { start: number; end: number },
  { ledger }: Pick<Connections, 'ledger'>,
): Promise<LedgerPage> {
  const { events, damaged } = await ledger.read(`${prefix}-ecs-cluster`, start - reachMs)
  return { events: events.filter(({ at }) => Date.parse(at) < end), damaged }
}
