import { beginBlock, putBlock } from './block'
import { isIncompressible } from './incompressible'
import { findMatches } from './match'
import {
  BLOCK_BYTES,
  CHUNK_BYTES,
  INPUT,
  LENGTH_BASES,
  LENGTH_SYMBOLS,
  LITERAL_COUNTS,
  OUTPUT,
} from './memory'
import { beginOutput, endOutput, putStored } from './output'
import { countLiterals, countMatched } from './sequence'
import { forgetPositions } from './slots'

function fillLengthSymbols(): void {
  for (let symbol: u32 = 0; symbol < 29; symbol++) {
    const first = <u32>load<u16>(LENGTH_BASES + (symbol << 1))
    const next = symbol < 28 ? <u32>load<u16>(LENGTH_BASES + ((symbol + 1) << 1)) : 259
    for (let length = first; length < next; length++) store<u8>(LENGTH_SYMBOLS + length, <u8>symbol)
  }
}
fillLengthSymbols()

/** Where the chunk is written before a call. */
export function inputAddress(): usize {
  return INPUT
}

/** Where its deflate stream stands after a call. */
export function outputAddress(): usize {
  return OUTPUT
}

/**
 * Deflates the chunk at the input's address, and returns the length of the output. The output ends at a byte and
 * without a last block: chunks one behind the other, and `03 00`, make a stream. `dense` looks at two
 * earlier positions instead of one: smaller, and slower.
 */
export function deflate(length: u32, dense: bool): u32 {
  if (length > CHUNK_BYTES) unreachable()
  forgetPositions()
  beginOutput()
  for (let start: u32 = 0; start < length; ) {
    // The last block takes up to a quarter more, so that none is very short.
    const end = length - start > BLOCK_BYTES + (BLOCK_BYTES >> 2) ? start + BLOCK_BYTES : length
    deflateBlock(start, end, dense)
    start = end
  }
  return endOutput()
}

function deflateBlock(start: u32, end: u32, dense: bool): void {
  const noise = isIncompressible(start, end - start)
  beginBlock()
  const sequencesEnd = dense ? findMatches<u32>(start, end, noise) : findMatches<u16>(start, end, noise)
  if (noise) {
    if (countMatched(sequencesEnd) < (end - start) >> 6) {
      putStored(start, end - start)
      return
    }
    memory.fill(LITERAL_COUNTS, 0, 256 * 4)
    countLiterals(start, sequencesEnd)
  }
  putBlock(sequencesEnd, start, end - start)
}
