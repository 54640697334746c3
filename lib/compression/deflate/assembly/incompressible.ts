import { count, INPUT, LITERAL_COUNTS } from './memory'

// 2,048 bytes of noise have an expected sum of squared counts of 18,424, with a deviation of about 180;
// text has several times that.
const NOISE_BELOW: u32 = 20500
const SAMPLES: u32 = 512

/** Returns whether a sample of a block cannot be distinguished from random bytes. */
export function isIncompressible(start: u32, length: u32): bool {
  if (length < 8192) return false
  memory.fill(LITERAL_COUNTS, 0, 256 * 4)
  const step = length / SAMPLES
  for (let sample: u32 = 0; sample < SAMPLES; sample++) {
    const value = load<u32>(start + sample * step, INPUT)
    count(LITERAL_COUNTS, value & 255)
    count(LITERAL_COUNTS, (value >> 8) & 255)
    count(LITERAL_COUNTS, (value >> 16) & 255)
    count(LITERAL_COUNTS, value >> 24)
  }
  let squares: u32 = 0
  for (let byte: usize = 0; byte < 256; byte++) {
    const times = load<u32>(LITERAL_COUNTS + (byte << 2))
    squares += times * times
  }
  return squares < NOISE_BELOW
}
