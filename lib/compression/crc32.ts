// Checksums of neighbours are combined without reading them again: the first is advanced over as many zero bytes
// as the second is long, by a linear operator over GF(2) that is a matrix of 32 columns. RFC 1952, section 8.
const polynomial = 0xedb88320

/** Advances a CRC-32 over zero bytes. */
export type ZeroBytes = (crc: number) => number

/** Computes the operator for a number of zero bytes, which costs far more than its use. */
export function makeZeroBytes(bytes: number): ZeroBytes {
  let power = squared(squared(squared(oneZeroBit())))
  let operator = identity()
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) operator = composed(power, operator)
    power = squared(power)
  }
  return (crc) => applied(operator, crc)
}

/** Returns the CRC-32 of two concatenated parts, from their own and the operator for its length. */
export const combineCrc32 = (first: number, second: number, overSecond: ZeroBytes) =>
  (overSecond(first) ^ second) >>> 0

const identity = () => Uint32Array.from({ length: 32 }, (_, bit) => 2 ** bit)
const oneZeroBit = () =>
  Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? polynomial : 2 ** (bit - 1)))

const composed = (outer: Uint32Array, inner: Uint32Array) => inner.map((column) => applied(outer, column))
const squared = (operator: Uint32Array) => composed(operator, operator)

function applied(operator: Uint32Array, vector: number): number {
  let sum = 0
  for (let bit = 0, rest = vector; rest !== 0; bit++, rest >>>= 1) if (rest & 1) sum ^= operator[bit] ?? 0
  return sum >>> 0
}
