import { planHeader, putHeader } from './header'
import { makeCode } from './huffman'
import {
  count,
  DISTANCE_CODE_BITS,
  DISTANCE_CODES,
  DISTANCE_COUNTS,
  DISTANCE_LENGTHS,
  DISTANCE_SYMBOLS,
  DISTANCE_TABLE,
  END_OF_BLOCK,
  LENGTH_BASES,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOLS,
  LENGTH_TABLE,
  LITERAL_CODE_BITS,
  LITERAL_CODES,
  LITERAL_COUNTS,
  LITERAL_LENGTHS,
  LITERAL_SYMBOLS,
  LITERAL_TABLE,
} from './memory'
import { put, putSequences, putStored } from './output'
import { distanceExtraBits } from './sequence'

/** Forgets the counts of the block before. */
export function beginBlock(): void {
  memory.fill(LITERAL_COUNTS, 0, 288 * 4)
  memory.fill(DISTANCE_COUNTS, 0, 32 * 4)
}

/** Writes a block with codes of its own, or as it is where that is shorter. */
export function putBlock(sequencesEnd: usize, start: u32, length: u32): void {
  count(LITERAL_COUNTS, END_OF_BLOCK)
  makeCode(LITERAL_COUNTS, LITERAL_SYMBOLS, LITERAL_CODE_BITS, LITERAL_LENGTHS, LITERAL_CODES)
  addUnusedDistances()
  makeCode(DISTANCE_COUNTS, DISTANCE_SYMBOLS, DISTANCE_CODE_BITS, DISTANCE_LENGTHS, DISTANCE_CODES)
  if ((planHeader() + countBits()) >> 3 >= length) {
    putStored(start, length)
    return
  }
  putHeader()
  makeTables()
  putSequences(sequencesEnd, start)
  put(load<u16>(LITERAL_CODES + END_OF_BLOCK * 2), load<u8>(LITERAL_LENGTHS + END_OF_BLOCK))
}

/** Adds a second symbol to a code of one, as zlib does: such a code is incomplete, and some decoders refuse it. */
function addUnusedDistances(): void {
  let used = 0
  for (let symbol: u32 = 0; symbol < DISTANCE_SYMBOLS; symbol++) {
    if (load<u32>(DISTANCE_COUNTS + (symbol << 2)) > 0) used++
  }
  if (used > 1) return
  for (let symbol: u32 = 0; symbol < 2; symbol++) {
    if (load<u32>(DISTANCE_COUNTS + (symbol << 2)) === 0) count(DISTANCE_COUNTS, symbol)
  }
}

/** Counts the bits of the block, without its header. */
function countBits(): u32 {
  let sum: u32 = 0
  for (let symbol: u32 = 0; symbol < LITERAL_SYMBOLS; symbol++) {
    const extra = symbol > END_OF_BLOCK ? <u32>load<u8>(LENGTH_EXTRA_BITS + symbol - 257) : 0
    sum += load<u32>(LITERAL_COUNTS + (symbol << 2)) * (<u32>load<u8>(LITERAL_LENGTHS + symbol) + extra)
  }
  for (let symbol: u32 = 0; symbol < DISTANCE_SYMBOLS; symbol++) {
    const width = <u32>load<u8>(DISTANCE_LENGTHS + symbol) + distanceExtraBits(symbol)
    sum += load<u32>(DISTANCE_COUNTS + (symbol << 2)) * width
  }
  return sum
}

function makeTables(): void {
  for (let byte: usize = 0; byte < 256; byte++) {
    const code = <u32>load<u16>(LITERAL_CODES + (byte << 1))
    store<u32>(LITERAL_TABLE + (byte << 2), code | ((<u32>load<u8>(LITERAL_LENGTHS + byte)) << 24))
  }
  for (let length: u32 = 3; length < 259; length++) {
    const symbol = <usize>load<u8>(LENGTH_SYMBOLS + length)
    const width = <u32>load<u8>(LITERAL_LENGTHS + 257 + symbol)
    const extra = (length - load<u16>(LENGTH_BASES + (symbol << 1))) << width
    const code = <u32>load<u16>(LITERAL_CODES + ((257 + symbol) << 1))
    const total = width + load<u8>(LENGTH_EXTRA_BITS + symbol)
    store<u32>(LENGTH_TABLE + (length << 2), code | extra | (total << 24))
  }
  for (let symbol: u32 = 0; symbol < DISTANCE_SYMBOLS; symbol++) {
    const code = <u32>load<u16>(DISTANCE_CODES + (symbol << 1))
    const width = <u32>load<u8>(DISTANCE_LENGTHS + symbol)
    store<u32>(DISTANCE_TABLE + (symbol << 2), code | (width << 16) | (distanceExtraBits(symbol) << 24))
  }
}
