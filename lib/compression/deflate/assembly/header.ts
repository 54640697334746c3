import { makeCode } from './huffman'
import {
  count,
  DISTANCE_LENGTHS,
  DISTANCE_SYMBOLS,
  HEADER_CODE_LENGTHS,
  HEADER_CODES,
  HEADER_COUNTS,
  HEADER_LENGTHS,
  HEADER_ORDER,
  HEADER_SYMBOLS,
  LITERAL_LENGTHS,
  LITERAL_SYMBOLS,
} from './memory'
import { put } from './output'

let literals: u32 = 0
let distances: u32 = 0
let listed: u32 = 0
let headerSymbols: u32 = 0

/** Prepares the header for the codes of a block (RFC 1951, 3.2.7), and returns its length in bits. */
export function planHeader(): u32 {
  literals = lastUsed(LITERAL_LENGTHS, LITERAL_SYMBOLS, 257)
  distances = lastUsed(DISTANCE_LENGTHS, DISTANCE_SYMBOLS, 1)
  memory.copy(HEADER_LENGTHS, LITERAL_LENGTHS, literals)
  memory.copy(HEADER_LENGTHS + literals, DISTANCE_LENGTHS, distances)
  packLengths(literals + distances)
  makeCode(HEADER_COUNTS, 19, 7, HEADER_CODE_LENGTHS, HEADER_CODES)
  listed = 19
  while (listed > 4 && headerCodeLength(listed - 1) === 0) listed--
  let bits: u32 = 3 + 5 + 5 + 4 + 3 * listed
  for (let symbol: u32 = 0; symbol < 19; symbol++) {
    const width = <u32>load<u8>(HEADER_CODE_LENGTHS + symbol) + repeatBits(symbol)
    bits += load<u32>(HEADER_COUNTS + (symbol << 2)) * width
  }
  return bits
}

/** Writes the header that was planned. */
export function putHeader(): void {
  put(0, 1)
  put(2, 2)
  put(literals - 257, 5)
  put(distances - 1, 5)
  put(listed - 4, 4)
  for (let at: u32 = 0; at < listed; at++) put(headerCodeLength(at), 3)
  for (let at: u32 = 0; at < headerSymbols; at++) {
    const packed = <u32>load<u16>(HEADER_SYMBOLS + (at << 1))
    const symbol = packed & 31
    put(load<u16>(HEADER_CODES + (symbol << 1)), load<u8>(HEADER_CODE_LENGTHS + symbol))
    put(packed >> 5, repeatBits(symbol))
  }
}

function lastUsed(lengths: usize, symbols: u32, least: u32): u32 {
  let used = symbols
  while (used > least && load<u8>(lengths + used - 1) === 0) used--
  return used
}

function headerCodeLength(at: u32): u32 {
  return load<u8>(HEADER_CODE_LENGTHS + <usize>load<u8>(HEADER_ORDER + at))
}

/** Bits after a symbol of the header that state how often it repeats. */
function repeatBits(symbol: u32): u32 {
  if (symbol < 16) return 0
  return symbol === 16 ? 2 : symbol === 17 ? 3 : 7
}

function addHeaderSymbol(symbol: u32, extra: u32): void {
  store<u16>(HEADER_SYMBOLS + (headerSymbols << 1), <u16>(symbol | (extra << 5)))
  headerSymbols++
  count(HEADER_COUNTS, symbol)
}

/** Packs runs of equal code lengths: 16 repeats the last one, 17 and 18 stand for zeros. */
function packLengths(total: u32): void {
  headerSymbols = 0
  memory.fill(HEADER_COUNTS, 0, 19 * 4)
  for (let at: u32 = 0; at < total; ) {
    const length = <u32>load<u8>(HEADER_LENGTHS + at)
    let run: u32 = 1
    while (at + run < total && <u32>load<u8>(HEADER_LENGTHS + at + run) === length) run++
    if (length === 0 && run >= 3) {
      run = min<u32>(run, 138)
      if (run >= 11) addHeaderSymbol(18, run - 11)
      else addHeaderSymbol(17, run - 3)
      at += run
    } else if (run >= 4) {
      const repeats = min<u32>(run - 1, 6)
      addHeaderSymbol(length, 0)
      addHeaderSymbol(16, repeats - 3)
      at += repeats + 1
    } else {
      addHeaderSymbol(length, 0)
      at++
    }
  }
}
