import { type PassedFile, watchTar } from '../archive/watch-tar.ts'

/** Files of layers that a layer below has already, under the same path and with the same content. */
export type RepeatedFiles = {
  count: number
  /** Uncompressed. */
  sizeBytes: number
  /** The layer that repeats most, by its diffID. */
  diffId: string
  largest: Pick<PassedFile, 'name' | 'sizeBytes'>
}

/** Watches the layers of one image while they are read. */
export type LayerWatch = {
  watch(layer: { diffId: string }): { update(chunk: Uint8Array): void }
  /** Finds what is repeated; the layers by diffID, the lowest first. Those that were not read count as empty. */
  findRepeated(diffIds: readonly string[]): RepeatedFiles | undefined
}

// Smaller files are many, and weigh little.
const leastBytes = 64 * 1024
// Of all layers together: an image of 10 GB has some thousand.
const mostFiles = 20_000

/** Starts to watch the layers of an image. */
export function watchLayers(): LayerWatch {
  const filesOf = new Map<string, Map<string, PassedFile>>()
  let left = mostFiles
  return {
    watch: ({ diffId }) => {
      const files = new Map<string, PassedFile>()
      left += filesOf.get(diffId)?.size ?? 0
      filesOf.set(diffId, files)
      return watchTar((file) => {
        if (file.sizeBytes < leastBytes || left === 0 || files.has(file.name)) return
        files.set(file.name, file)
        left -= 1
      })
    },
    findRepeated: (diffIds) => {
      const below = new Map<string, PassedFile>()
      const repeats = [...new Set(diffIds)].map((diffId) => {
        const files = [...(filesOf.get(diffId)?.values() ?? [])]
        const repeated = files.filter((file) => isSame(file, below.get(file.name)))
        for (const file of files) below.set(file.name, file)
        return { diffId, repeated, sizeBytes: sum(repeated) }
      })
      const [most] = repeats.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      const all = repeats.flatMap(({ repeated }) => repeated)
      const [largest] = all.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      if (!most || !largest) return undefined
      return { count: all.length, sizeBytes: sum(all), diffId: most.diffId, largest }
    },
  }
}

const isSame = (file: PassedFile, other: PassedFile | undefined) =>
  file.sizeBytes === other?.sizeBytes && file.checksum === other.checksum

const sum = (files: readonly PassedFile[]) => files.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
