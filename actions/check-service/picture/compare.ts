import { readKind } from './kind.ts'
import { type Brightness, decodePng } from './png.ts'

/** How a result differs from the picture that was sent. */
export type Comparison = {
  /** What is wrong with the result; undefined where nothing is. */
  problem: string | undefined
  /** What was compared, in a few words. */
  detail: string
  /** Peak signal-to-noise ratios against the clean picture, in dB, of what was sent and of the result. */
  psnr: { before: number; after: number } | undefined
}

/** Compares a result with the picture that was sent, and both with the clean one where there is one. */
export function comparePictures(sent: Buffer, result: Buffer, clean: Buffer | undefined): Comparison {
  const before = readKind(sent)
  const after = readKind(result)
  const sizes = [before, after].map((kind) => kind && `${kind.width} x ${kind.height}`)
  const refuse = (problem: string): Comparison => ({ problem, detail: '', psnr: undefined })
  if (before && !after) return refuse('the result is no PNG, JPEG or TIFF, or a broken one')
  if (sizes[0] !== sizes[1]) return refuse(`expected a result of ${sizes[0]} pixels, got ${sizes[1]}`)
  const pixels = [sent, result].map(decodePng)
  if (isSame(sent, result, pixels))
    return refuse('expected other pixels than those that were sent, got the same')
  const psnr = clean && comparePsnr(decodePng(clean), pixels)
  if (clean && !psnr) return refuse('expected a PNG of 8 or 16 bits, to compare it with the clean picture')
  const size = sizes[0] ?? `${result.length} bytes`
  if (psnr && psnr.after <= psnr.before) {
    const { before: was, after: is } = psnr
    return refuse(
      `expected a result closer to the clean picture, got ${is.toFixed(1)} dB after ${was.toFixed(1)} dB`,
    )
  }
  const gain = psnr ? `, ${psnr.before.toFixed(1)} → ${psnr.after.toFixed(1)} dB` : ''
  return {
    problem: undefined,
    detail: `${size}, ${pixels.every(Boolean) ? 'other pixels' : 'other bytes'}${gain}`,
    psnr,
  }
}

// The same pixels can be compressed to other bytes.
function isSame(sent: Buffer, result: Buffer, [before, after]: readonly (Brightness | undefined)[]): boolean {
  if (before && after) return before.values.every((value, at) => value === after.values[at])
  return sent.equals(result)
}

function comparePsnr(
  clean: Brightness | undefined,
  [before, after]: readonly (Brightness | undefined)[],
): Comparison['psnr'] {
  if (!clean || !before || !after || clean.values.length !== before.values.length) return undefined
  return { before: measurePsnr(clean, before), after: measurePsnr(clean, after) }
}

function measurePsnr(clean: Brightness, other: Brightness): number {
  const squares = clean.values.map((value, at) => (value - (other.values[at] ?? 0)) ** 2)
  return 10 * Math.log10((255 ** 2 * squares.length) / squares.reduce((sum, square) => sum + square, 0))
}
