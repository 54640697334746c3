import { blocks, foldTable, md, renderBytes } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { countKinds } from '../../../lib/quote.ts'
import type { Status } from '../apply/read-status.ts'

/** Reports how the pipeline stands; a part that is broken makes it a failure. */
export function reportStatus({ parts, arrivals }: Status): Outcome {
  const broken = parts.filter(({ verdict }) => verdict === 'broken')
  const verdict = broken.length > 0 ? 'broken' : 'healthy'
  const rows = arrivals.map(({ day, objects, bytes }) => [day, String(objects), renderBytes(bytes)])
  return {
    outputs: { result: 'status', verdict },
    summary: blocks(
      md`## Billing pipeline: ${verdict}`,
      md`**${countKinds(parts.map(({ verdict: each }) => each))}**.`,
      foldTable(
        'parts',
        ['part', 'name', 'verdict', 'state', 'what to do'],
        parts.map(({ part, name, verdict: each, state, advice }) => [part, name, each, state, advice]),
      ),
      foldTable('days of arrival', ['day of arrival', 'files', 'size'], rows, { right: ['files', 'size'] }),
    ),
    report: { result: 'status', verdict, parts, arrivals },
    failure:
      broken.length > 0
        ? `the pipeline is broken: ${broken.map(({ part, name, state, advice }) => `${part} ${name}: ${state} (${advice})`).join('; ')}`
        : undefined,
  }
}
