// A hash table of earlier positions, modulo 65,536, which is twice the window. A slot is a u16 with the last
// position whose first bytes had its hash, or a u32 with the last two (`dense`). Which one is known when a
// function is compiled: what the other one needs is left out.

import { INPUT, SLOT_BITS, SLOTS } from './memory'

const MULTIPLIER: u64 = ((<u64>0x9e3779b1) << 32) | 0x85ebca87

/** Returns whether a slot has two positions. */
export function isDense<Slot>(): bool {
  return sizeof<Slot>() === 4
}

/**
 * Finds the slot of some bytes, by six of them, or five where two positions are kept. Shorter matches are found only
 * by chance: those of four cost about as much as their literals, and few matches are sooner written.
 */
export function slotOf<Slot>(bytes: u64): usize {
  return (
    SLOTS +
    <usize>(((bytes << (isDense<Slot>() ? 24 : 16)) * MULTIPLIER) >> (64 - SLOT_BITS)) * sizeof<Slot>()
  )
}

/** Reads a slot: the last position in its lower half, the one before in its upper half. */
export function readSlot<Slot>(slot: usize): u32 {
  return <u32>load<Slot>(slot)
}

/** Stores a position in a slot. */
export function writeSlot<Slot>(slot: usize, position: u32): void {
  if (sizeof<Slot>() === 4) store<u32>(slot, (load<u32>(slot) << 16) | (position & 0xffff))
  else store<u16>(slot, <u16>position)
}

/** Remembers a position by its bytes. */
export function remember<Slot>(position: u32): void {
  writeSlot<Slot>(slotOf<Slot>(load<u64>(position, INPUT)), position)
}

/** Forgets all positions: a chunk refers to nothing before it. */
export function forgetPositions(): void {
  memory.fill(SLOTS, 0, 4 << SLOT_BITS)
}
