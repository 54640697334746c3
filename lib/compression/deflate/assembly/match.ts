import {
  count,
  DISTANCE_COUNTS,
  INPUT,
  LENGTH_SYMBOLS,
  LITERAL_COUNTS,
  MAX_MATCH,
  SEQUENCES,
  uncount,
  WINDOW_BYTES,
} from './memory'
import { distanceSymbol, packSequence } from './sequence'
import { isDense, readSlot, remember, slotOf, writeSlot } from './slots'

/** Equal bytes are counted up to this number without a branch. */
const COMPARED_BYTES: u32 = 36
// A match is looked for only where more bytes of its block follow: behind a chunk stand bytes of an earlier one,
// on which no choice may depend.
const LAST_BYTES: u32 = COMPARED_BYTES

// A match is `length << 16 | distance`, or 0 where there is none.

/** Returns whether the same four bytes are at a distance. An empty slot results in a distance to position 0. */
function repeats(position: u32, distance: u32, value: u64): u32 {
  const isNear = distance - 1 < WINDOW_BYTES
  return <u32>isNear & <u32>(load<u32>(position - distance, INPUT) === <u32>value)
}

/** Counts equal bytes behind four that are equal: up to `COMPARED_BYTES` in all. */
function equalBytes(here: u32, there: u32): u32 {
  const first = i8x16.bitmask(i8x16.eq(v128.load(here, INPUT + 4), v128.load(there, INPUT + 4)))
  const second = i8x16.bitmask(i8x16.eq(v128.load(here, INPUT + 20), v128.load(there, INPUT + 20)))
  return 4 + <u32>ctz(~(first | (second << 16)))
}

/** Counts equal bytes behind those that were compared. */
function extend(position: u32, distance: u32, limit: u32): u32 {
  for (let length = COMPARED_BYTES; length < limit; length += 8) {
    const different = load<u64>(position + length, INPUT) ^ load<u64>(position + length - distance, INPUT)
    if (different) return min<u32>(length + <u32>(ctz(different) >> 3), limit)
  }
  return limit
}

function makeMatch(position: u32, distance: u32, length: u32, limit: u32): u32 {
  return ((length === COMPARED_BYTES ? extend(position, distance, limit) : length) << 16) | distance
}

/** Finds a match with the last position that had the same hash. */
function findNear(position: u32, previous: u32, value: u64, limit: u32): u32 {
  const distance = (position - previous) & 0xffff
  if (!repeats(position, distance, value)) return 0
  return makeMatch(position, distance, equalBytes(position, position - distance), limit)
}

/** Finds the longer match with one of the last two positions that had the same hash. */
function findLonger(position: u32, previous: u32, value: u64, limit: u32): u32 {
  const near = (position - previous) & 0xffff
  const far = (position - (previous >> 16)) & 0xffff
  const isNear = repeats(position, near, value)
  const isFar = repeats(position, far, value)
  if (!(isNear | isFar)) return 0
  const nearLength = equalBytes(position, position - near) & (0 - isNear)
  const farLength = equalBytes(position, position - far) & (0 - isFar)
  const distance = select<u32>(far, near, farLength > nearLength)
  return makeMatch(position, distance, max<u32>(nearLength, farLength), limit)
}

/** Counts the bytes before a match that are equal too, and that were literals until now. */
function extendBack(position: u32, anchor: u32, distance: u32, length: u32): u32 {
  const most = min<u32>(min<u32>(position - anchor, MAX_MATCH - length), position - distance)
  let more: u32 = 0
  while (more < most) {
    const byte = load<u8>(position - more - 1, INPUT)
    if (byte !== load<u8>(position - more - 1 - distance, INPUT)) break
    uncount(LITERAL_COUNTS, byte)
    more++
  }
  return more
}

/** Remembers a few of the positions that a match takes: all of them would cost more than they give. */
function rememberMatch<Slot>(position: u32, end: u32, distance: u32, isLongest: bool): void {
  remember<Slot>(position + 1)
  remember<Slot>(position + 2)
  if (isDense<Slot>()) remember<Slot>(position + 3)
  remember<Slot>(end - 1)
  // A run goes on behind its longest match: let the next probe find it at the same distance.
  if (isLongest) writeSlot<Slot>(slotOf<Slot>(load<u64>(end, INPUT)), end - distance)
}

function putSequence(at: usize, literals: u32, length: u32, distance: u32): void {
  const symbol = distanceSymbol(distance - 1)
  store<u64>(at, packSequence(literals, length, distance, symbol))
  count(LITERAL_COUNTS + 257 * 4, load<u8>(LENGTH_SYMBOLS + length))
  count(DISTANCE_COUNTS, symbol)
}

function countBytes(from: u32, to: u32): void {
  for (let position = from; position < to; position++) count(LITERAL_COUNTS, load<u8>(position, INPUT))
}

/**
 * Finds the matches of a block, all of them inside it, and counts its symbols. Returns the end of the sequences.
 * In `noise`, where hardly anything repeats, it looks at few positions, and counts no literals.
 */
export function findMatches<Slot>(start: u32, end: u32, noise: bool): usize {
  const last = end - start > LAST_BYTES ? end - LAST_BYTES : start
  let position = start
  let anchor = start
  let next = SEQUENCES
  while (position < last) {
    const value = load<u64>(position, INPUT)
    const slot = slotOf<Slot>(value)
    const previous = readSlot<Slot>(slot)
    writeSlot<Slot>(slot, position)
    const limit = min<u32>(end - position, MAX_MATCH)
    const match = isDense<Slot>()
      ? findLonger(position, previous, value, limit)
      : findNear(position, previous, value, limit)
    if (match) {
      const distance = match & 0xffff
      const length = match >> 16
      const more: u32 = isDense<Slot>() ? extendBack(position, anchor, distance, length) : 0
      putSequence(next, position - more - anchor, length + more, distance)
      next += 8
      anchor = position + length
      rememberMatch<Slot>(position, anchor, distance, length + more === MAX_MATCH)
      position = anchor
    } else if (noise) {
      // Each 16th position, and 16 in a row each KiB, so that a repeat at any distance is met.
      position += position & 1008 ? 16 : 1
    } else {
      count(LITERAL_COUNTS, <u32>value & 255)
      position++
      // Where nothing was found for long, look less often.
      if (position - anchor > 64) {
        const skipped = position
        position += min<u32>(min<u32>((position - anchor) >> 6, 7), last - position)
        countBytes(skipped, position)
      }
    }
  }
  if (!noise) countBytes(position, end)
  if (anchor === end) return next
  store<u64>(next, (<u64>(end - anchor)) << 32)
  return next + 8
}
