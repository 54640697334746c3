import { LENGTH_COUNTS, NEXT_CODES, SORTED_SYMBOLS, WEIGHTS } from './memory'

function weight(at: i32): u32 {
  return load<u32>(WEIGHTS + (at << 2))
}

function setWeight(at: i32, value: u32): void {
  store<u32>(WEIGHTS + (at << 2), value)
}

function lengthCount(bits: i32): u32 {
  return load<u32>(LENGTH_COUNTS + (bits << 2))
}

/**
 * Builds a canonical Huffman code: the bits of each symbol (0: it does not occur) and its code, first bit lowest.
 * With one symbol alone the code has one bit, as decoders expect.
 */
export function makeCode(counts: usize, symbols: u32, maxBits: i32, lengths: usize, codes: usize): void {
  memory.fill(lengths, 0, symbols)
  const used = sortSymbols(counts, symbols)
  if (used < 2) {
    const symbol = used === 0 ? <usize>0 : <usize>load<u16>(SORTED_SYMBOLS)
    store<u8>(lengths + symbol, 1)
    store<u16>(codes + (symbol << 1), 0)
    return
  }
  for (let at = 0; at < used; at++) {
    setWeight(at, load<u32>(counts + ((<usize>load<u16>(SORTED_SYMBOLS + (at << 1))) << 2)))
  }
  weightsToDepths(used)
  limitLengths(used, maxBits)
  // The rarest symbols, which stand first, get the longest codes.
  let at = 0
  for (let bits = maxBits; bits > 0; bits--) {
    for (let left = lengthCount(bits); left > 0; left--) {
      store<u8>(lengths + <usize>load<u16>(SORTED_SYMBOLS + (at << 1)), <u8>bits)
      at++
    }
  }
  assignCodes(symbols, maxBits, lengths, codes)
}

/** Lists the symbols that occur, the rarest first, and returns their number. */
function sortSymbols(counts: usize, symbols: u32): i32 {
  let used = 0
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    if (load<u32>(counts + (symbol << 2)) === 0) continue
    store<u16>(SORTED_SYMBOLS + (used << 1), <u16>symbol)
    used++
  }
  for (let gap = used >> 1; gap > 0; gap >>= 1) {
    for (let from = gap; from < used; from++) {
      const symbol = load<u16>(SORTED_SYMBOLS + (from << 1))
      const own = load<u32>(counts + ((<usize>symbol) << 2))
      let to = from
      for (; to >= gap; to -= gap) {
        const other = load<u16>(SORTED_SYMBOLS + ((to - gap) << 1))
        if (load<u32>(counts + ((<usize>other) << 2)) <= own) break
        store<u16>(SORTED_SYMBOLS + (to << 1), other)
      }
      store<u16>(SORTED_SYMBOLS + (to << 1), symbol)
    }
  }
  return used
}

/**
 * Turns sorted weights into the depths of their leaves, in place.
 * A. Moffat, J. Katajainen: In-place calculation of minimum-redundancy codes (1995).
 */
function weightsToDepths(used: i32): void {
  let leaf = 0
  let root = 0
  // First pass: each inner node takes the two lightest; a node that was taken keeps its parent's place.
  for (let node = 0; node < used - 1; node++) {
    let sum: u32 = 0
    for (let half = 0; half < 2; half++) {
      if (leaf >= used || (root < node && weight(root) < weight(leaf))) {
        sum += weight(root)
        setWeight(root, node)
        root++
      } else {
        sum += weight(leaf)
        leaf++
      }
    }
    setWeight(node, sum)
  }
  // Second pass: a node is one deeper than its parent.
  setWeight(used - 2, 0)
  for (let node = used - 3; node >= 0; node--) setWeight(node, weight(<i32>weight(node)) + 1)
  // Third pass: what is left over on each level are leaves.
  let places = 1
  let depth: u32 = 0
  let node = used - 2
  let next = used - 1
  while (places > 0) {
    let inner = 0
    for (; node >= 0 && weight(node) === depth; node--) inner++
    for (; places > inner; places--) {
      setWeight(next, depth)
      next--
    }
    places = 2 * inner
    depth++
  }
}

/** Counts the codes of each length, none longer than `maxBits`, so that they still make a whole code. */
function limitLengths(used: i32, maxBits: i32): void {
  memory.fill(LENGTH_COUNTS, 0, 32 * 4)
  let space: u32 = 0
  for (let at = 0; at < used; at++) {
    const bits = min<i32>(<i32>weight(at), maxBits)
    store<u32>(LENGTH_COUNTS + (bits << 2), lengthCount(bits) + 1)
    space += 1 << (maxBits - bits)
  }
  // Too much of the code space is taken: a code is made longer, which makes room for one more beside it.
  for (; space > (<u32>1) << maxBits; space--) {
    store<u32>(LENGTH_COUNTS + (maxBits << 2), lengthCount(maxBits) - 1)
    let bits = maxBits - 1
    while (lengthCount(bits) === 0) bits--
    store<u32>(LENGTH_COUNTS + (bits << 2), lengthCount(bits) - 1)
    store<u32>(LENGTH_COUNTS + ((bits + 1) << 2), lengthCount(bits + 1) + 2)
  }
}

function assignCodes(symbols: u32, maxBits: i32, lengths: usize, codes: usize): void {
  let code: u32 = 0
  for (let bits = 1; bits <= maxBits; bits++) {
    store<u32>(NEXT_CODES + (bits << 2), code)
    code = (code + lengthCount(bits)) << 1
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const bits = <u32>load<u8>(lengths + symbol)
    if (bits === 0) continue
    const next = load<u32>(NEXT_CODES + (bits << 2))
    store<u32>(NEXT_CODES + (bits << 2), next + 1)
    store<u16>(codes + (symbol << 1), <u16>reverse(next, bits))
  }
}

function reverse(code: u32, bits: u32): u32 {
  let reversed: u32 = 0
  for (let at: u32 = 0; at < bits; at++) reversed |= ((code >> at) & 1) << (bits - 1 - at)
  return reversed
}
