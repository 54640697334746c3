// Combines checksums of two neighbours without reading them again: the first is advanced over as many zero
// bytes as the second is long, by squaring the operator of one zero bit over GF(2). RFC 1952, section 8.
const polynomial = 0xedb88320

/** CRC-32 of `first` followed by `second`, from their own checksums and the length of the second in bytes. */
export function combineCrc32(first: number, second: number, secondBytes: number): number {
  let operator = squared(squared(oneZeroBit()))
  let crc = first
  for (let left = secondBytes; left > 0; left = Math.floor(left / 2)) {
    operator = squared(operator)
    if (left % 2 === 1) crc = applied(operator, crc)
  }
  return (crc ^ second) >>> 0
}

const oneZeroBit = () =>
  Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? polynomial : 2 ** (bit - 1)))

const squared = (operator: Uint32Array) => operator.map((column) => applied(operator, column))

function applied(operator: Uint32Array, vector: number): number {
  let sum = 0
  for (let bit = 0, rest = vector; rest !== 0; bit++, rest >>>= 1) if (rest & 1) sum ^= operator[bit] ?? 0
  return sum >>> 0
}
