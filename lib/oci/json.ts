// Ten thousand descriptors with all that an index may say of each have fewer.
const mostContainers = 200_000

/**
 * Parses the JSON of a manifest, an index or a config. Throws SyntaxError for other bytes, and RangeError for lists
 * and maps without number, each of which costs many times the bytes that it is written in.
 */
export function parseJson(bytes: Buffer): unknown {
  let containers = 0
  for (const byte of bytes) if (byte === 0x5b || byte === 0x7b) containers += 1
  if (containers > mostContainers) {
    throw new RangeError(`expected JSON of at most ${mostContainers} lists and maps, got ${containers}`)
  }
  return JSON.parse(bytes.toString('utf8'))
}
