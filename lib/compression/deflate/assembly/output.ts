import { DISTANCE_TABLE, INPUT, LENGTH_TABLE, LITERAL_TABLE, OUTPUT, SEQUENCES } from './memory'

let output: usize = OUTPUT
let bits: u64 = 0
let bitCount: u64 = 0

/** Starts the output of a chunk. */
export function beginOutput(): void {
  output = OUTPUT
  bits = 0
  bitCount = 0
}

/** Ends a chunk at a byte, with an empty stored block: another chunk or the stream's end may follow. */
export function endOutput(): u32 {
  putStoredHeader(0)
  return <u32>(output - OUTPUT)
}

/** Writes some bits, at most 32, the lowest first. */
export function put(value: u32, width: u32): void {
  bits |= (<u64>value) << bitCount
  bitCount += width
  store<u64>(output, bits)
  output += <usize>(bitCount >> 3)
  bits >>= bitCount & 56
  bitCount &= 7
}

function putStoredHeader(length: u32): void {
  put(0, 3)
  if (bitCount > 0) put(0, 8 - <u32>bitCount)
  store<u32>(output, length | (~length << 16))
  output += 4
}

/** Writes bytes as they are. */
export function putStored(start: u32, length: u32): void {
  for (let left = length, from = start; left > 0; ) {
    const piece = min<u32>(left, 65535)
    putStoredHeader(piece)
    memory.copy(output, INPUT + from, piece)
    output += piece
    from += piece
    left -= piece
  }
}

// An entry of the tables of literals and lengths is `code | bits << 24`.

function literal(position: u32): u32 {
  return load<u32>((<usize>load<u8>(position, INPUT)) << 2, LITERAL_TABLE)
}

function widthOf(entry: u32): u64 {
  return entry >> 24
}

function codeAt(entry: u32, bit: u64): u64 {
  return (<u64>(entry & 0xffffff)) << bit
}

/** Writes the symbols of a block, by the tables. The bit buffer is in locals: this is the hot loop. */
export function putSequences(sequencesEnd: usize, start: u32): void {
  let buffer = bits
  let filled = bitCount
  let to = output
  let position = start
  for (let at = SEQUENCES; at < sequencesEnd; at += 8) {
    const sequence = load<u64>(at)
    const end = position + <u32>(sequence >> 32)
    for (; position + 4 <= end; position += 4) {
      const first = literal(position)
      const second = literal(position + 1)
      const third = literal(position + 2)
      const fourth = literal(position + 3)
      const secondAt = filled + widthOf(first)
      const thirdAt = secondAt + widthOf(second)
      const fourthAt = thirdAt + widthOf(third)
      buffer |= codeAt(first, filled) | codeAt(second, secondAt) | codeAt(third, thirdAt)
      buffer |= codeAt(fourth, fourthAt)
      filled = fourthAt + widthOf(fourth)
      store<u64>(to, buffer)
      to += <usize>(filled >> 3)
      buffer >>= filled & 56
      filled &= 7
    }
    // Up to three literals are left; those behind the run are masked to no bits, without a branch.
    const left = end - position
    const first = literal(position) & (0 - <u32>(left > 0))
    const second = literal(position + 1) & (0 - <u32>(left > 1))
    const third = literal(position + 2) & (0 - <u32>(left > 2))
    const secondAt = filled + widthOf(first)
    const thirdAt = secondAt + widthOf(second)
    buffer |= codeAt(first, filled) | codeAt(second, secondAt) | codeAt(third, thirdAt)
    filled = thirdAt + widthOf(third)
    store<u64>(to, buffer)
    to += <usize>(filled >> 3)
    buffer >>= filled & 56
    filled &= 7
    const length = (<u32>sequence >> 15) & 511
    position = end + length
    if (length === 0) continue
    const lengthEntry = load<u32>(length << 2, LENGTH_TABLE)
    const distanceEntry = load<u32>((<u32>sequence >> 24) << 2, DISTANCE_TABLE)
    const extraBits = distanceEntry >> 24
    const distanceAt = filled + widthOf(lengthEntry)
    const extraAt = distanceAt + ((distanceEntry >> 16) & 255)
    buffer |= codeAt(lengthEntry, filled) | ((<u64>(distanceEntry & 0xffff)) << distanceAt)
    buffer |= (<u64>(<u32>sequence & 0x7fff & (((<u32>1) << extraBits) - 1))) << extraAt
    filled = extraAt + extraBits
    store<u64>(to, buffer)
    to += <usize>(filled >> 3)
    buffer >>= filled & 56
    filled &= 7
  }
  bits = buffer
  bitCount = filled
  output = to
}
