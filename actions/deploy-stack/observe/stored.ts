import type { StoredValue } from '../../../lib/aws/stored-values.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import type { StackContext } from '../context.ts'
import { nameStored, type StoredPiece } from '../graph/value.ts'

/** Reads values that AWS keeps, by the name that `nameStored` gives; without those that are missing. */
export async function readStored(
  pieces: readonly StoredPiece[],
  { connections, signal }: StackContext,
): Promise<ReadonlyMap<string, StoredValue>> {
  const found = await mapConcurrently(pieces, { concurrency: 5, signal }, async (piece) => {
    const value = await connections.storedValues.read(piece.kind, piece.name)
    return value ? [[nameStored(piece), value] as const] : []
  })
  return new Map(found.flat())
}
