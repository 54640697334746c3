const sampledRuns = 16
const runBytes = 1024

// Random bytes have 8 bits a byte; what packs by more than one part in a hundred stays below this.
const noiseBits = 7.95

/** Returns whether a chunk looks incompressible, from the entropy of 16 KiB spread over it. */
export function isIncompressible(chunk: Uint8Array): boolean {
  if (chunk.length < 2 * sampledRuns * runBytes) return false
  const counts = new Uint32Array(256)
  const step = Math.floor(chunk.length / sampledRuns)
  for (let run = 0; run < sampledRuns; run++) {
    // By index: an iterator takes several times as long.
    for (let at = run * step; at < run * step + runBytes; at++) {
      const byte = chunk[at] ?? 0
      counts[byte] = (counts[byte] ?? 0) + 1
    }
  }
  const total = sampledRuns * runBytes
  const bits = counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)),
    0,
  )
  return bits > noiseBits
}
