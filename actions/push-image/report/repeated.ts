import type { RepeatedFiles } from '../../../lib/image/repeated-files.ts'
import { renderBytes } from '../../../lib/markdown.ts'
import { quote } from '../../../lib/quote.ts'
import type { LayerResult } from '../apply/record.ts'

type Repeated = { repeated: RepeatedFiles | undefined; layers: readonly LayerResult[] }

const leastWarnedBytes = 1024 ** 2
const leastShare = 1 / 50

/** Warns of files that an image holds in several layers, from 1 MiB and a fiftieth of its layers on. */
export function warnOfRepeated({ repeated, layers }: Repeated): string | undefined {
  if (!repeated || repeated.sizeBytes < leastWarnedBytes) return undefined
  const allBytes = layers.reduce((sum, { layer }) => sum + layer.sizeBytes, 0)
  if (repeated.sizeBytes < leastShare * allBytes) return undefined
  const { count, sizeBytes, diffId, largest } = repeated
  const what = `${count} ${count === 1 ? 'file' : 'files'} of layers below, ${renderBytes(sizeBytes)}`
  const example = `the largest is ${quote(largest.name)} (${renderBytes(largest.sizeBytes)})`
  return `image: layers repeat ${what} before compression, which a fresh host pulls and unpacks once more; most of it is in layer ${diffId}, ${example}; set owner and mode in the step that adds a file, such as COPY --chown`
}
