import type { ArchivedLayer } from '../../../lib/image/archived-image.ts'
import type { Blob } from '../../../lib/oci/manifest.ts'
import type { BlobStep } from '../plan.ts'

/** What became of one layer. */
export type LayerResult = { layer: ArchivedLayer; blob: Blob; kind: BlobStep['kind']; seconds: number }

/** What a push has done so far; whoever does it writes it down. */
export type PushRecord = {
  /** The repository was made by this push. */
  created: boolean
  /** In the order in which they were done. */
  layers: LayerResult[]
  /** What the moved tags name. */
  digest: string | undefined
  /** Tags that were moved. */
  tags: string[]
}

/** Starts a record: nothing is done yet. */
export const startRecord = (): PushRecord => ({ created: false, layers: [], digest: undefined, tags: [] })
