// Every buffer of the kernel stands at a fixed address: no allocation, no runtime, no bounds checks.

/** Longest chunk that one call accepts. */
export const CHUNK_BYTES: u32 = 2 << 20
/** Input of a block, as much as four stored blocks take; the last one of a chunk takes up to a quarter more. */
export const BLOCK_BYTES: u32 = 4 * 65535
/** A symbol of literals and lengths has at most this many bits: five of them fit into a 64-bit buffer. */
export const LITERAL_CODE_BITS: u32 = 14
export const DISTANCE_CODE_BITS: u32 = 15
export const LITERAL_SYMBOLS: u32 = 286
export const DISTANCE_SYMBOLS: u32 = 30
export const END_OF_BLOCK: u32 = 256
export const WINDOW_BYTES: u32 = 32768
export const MAX_MATCH: u32 = 258

/** Slots with earlier positions; see slots.ts. */
export const SLOT_BITS: u32 = 14
export const SLOTS: usize = memory.data(4 << 14, 64)
/** One u64 a match; see sequence.ts. A match has four bytes at least, and a block 321 KiB at most. */
export const SEQUENCES: usize = memory.data((321 << 10) * 2 + 64, 64)

/** How often each symbol occurs in a block, as u32. */
export const LITERAL_COUNTS: usize = memory.data(288 * 4, 64)
export const DISTANCE_COUNTS: usize = memory.data(32 * 4, 64)
/** Bits of each symbol's code, as u8; and the code, first bit lowest, as u16. */
export const LITERAL_LENGTHS: usize = memory.data(288, 64)
export const LITERAL_CODES: usize = memory.data(288 * 2, 64)
export const DISTANCE_LENGTHS: usize = memory.data(32, 64)
export const DISTANCE_CODES: usize = memory.data(32 * 2, 64)

/** Each byte's code as `code | bits << 24`; the same for each match length, its extra bits included. */
export const LITERAL_TABLE: usize = memory.data(256 * 4, 64)
export const LENGTH_TABLE: usize = memory.data(260 * 4, 64)
/** Each distance symbol's code as `code | bits << 16 | extra bits << 24`. */
export const DISTANCE_TABLE: usize = memory.data(32 * 4, 64)

/** Symbol of each match length, less 257. */
export const LENGTH_SYMBOLS: usize = memory.data(260, 16)
/** First length of each symbol, and its extra bits (RFC 1951, 3.2.5). */
export const LENGTH_BASES: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
])
export const LENGTH_EXTRA_BITS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
])
/** Order in which a header lists the lengths of the code of code lengths (RFC 1951, 3.2.7). */
export const HEADER_ORDER: usize = memory.data<u8>([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
])

/** Room for making a code: symbols by count, weights of the tree, how many codes have each length. */
export const SORTED_SYMBOLS: usize = memory.data(288 * 2, 16)
export const WEIGHTS: usize = memory.data(288 * 4, 16)
export const LENGTH_COUNTS: usize = memory.data(32 * 4, 16)
export const NEXT_CODES: usize = memory.data(32 * 4, 16)
/** Room for a header: all code lengths, their run-length symbols, and the code for those. */
export const HEADER_LENGTHS: usize = memory.data(320, 16)
export const HEADER_SYMBOLS: usize = memory.data(320 * 2, 16)
export const HEADER_COUNTS: usize = memory.data(19 * 4, 16)
export const HEADER_CODE_LENGTHS: usize = memory.data(19, 16)
export const HEADER_CODES: usize = memory.data(19 * 2, 16)

/** The chunk. Matches are compared several bytes at a time, and may look at the slack behind its end. */
export const INPUT: usize = memory.data((2 << 20) + 64, 64)
/** What a chunk becomes: at worst stored blocks with their headers. */
export const OUTPUT: usize = memory.data((2 << 20) + (64 << 10), 64)

/** Counts one more occurrence of a symbol. */
export function count(counts: usize, symbol: u32): void {
  const at = counts + ((<usize>symbol) << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Counts one occurrence less. */
export function uncount(counts: usize, symbol: u32): void {
  const at = counts + ((<usize>symbol) << 2)
  store<u32>(at, load<u32>(at) - 1)
}
