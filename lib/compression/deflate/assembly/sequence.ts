// A sequence is a run of literals and the match behind it, in one u64:
// distance less 1 in 15 bits, length in 9 bits (0: no match), distance symbol in 8 bits, literals in 32 bits.
// The literals themselves are read again from the input.

import { count, INPUT, LITERAL_COUNTS, SEQUENCES } from './memory'

/** Packs a sequence. */
export function packSequence(literals: u32, length: u32, distance: u32, symbol: u32): u64 {
  return ((<u64>literals) << 32) | (symbol << 24) | (length << 15) | (distance - 1)
}

/** Finds the symbol of a distance less 1 without a table: two symbols for each power of two. */
export function distanceSymbol(before: u32): u32 {
  const top = 31 - <u32>clz(before | 1)
  return 2 * top + ((before >> (top - 1)) & 1) + <u32>(before === 1)
}

/** Extra bits of a distance symbol. */
export function distanceExtraBits(symbol: u32): u32 {
  return symbol < 2 ? 0 : (symbol >> 1) - 1
}

/** Counts the literals of a block whose matches were looked for as in noise. */
export function countLiterals(start: u32, sequencesEnd: usize): void {
  let position = start
  for (let at = SEQUENCES; at < sequencesEnd; at += 8) {
    const sequence = load<u64>(at)
    for (let left = <u32>(sequence >> 32); left > 0; left--) {
      count(LITERAL_COUNTS, load<u8>(position, INPUT))
      position++
    }
    position += (<u32>sequence >> 15) & 511
  }
}

/** Counts the bytes that matches stand for. */
export function countMatched(sequencesEnd: usize): u32 {
  let matched: u32 = 0
  for (let at = SEQUENCES; at < sequencesEnd; at += 8) matched += (<u32>load<u64>(at) >> 15) & 511
  return matched
}
