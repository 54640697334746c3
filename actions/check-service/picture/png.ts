import { inflateSync } from 'node:zlib'

/** The brightness of a picture's pixels, row by row, from 0 to 255. */
export type Brightness = { width: number; height: number; values: Float64Array }

type Header = { width: number; height: number; depth: number; channels: number }

const mostPixels = 2 ** 26
/** Channels by colour type; a picture with a palette has indexes in the place of colours. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 }

/**
 * Decodes a PNG of 8 or 16 bits a channel; undefined for other pictures: with a palette, interlaced, larger than
 * 64 Mi pixels, or broken. https://www.w3.org/TR/png-3/
 */
export function decodePng(bytes: Buffer): Brightness | undefined {
  const header = readHeader(bytes)
  if (!header) return undefined
  const { width, height, depth, channels } = header
  const bytesPerPixel = (channels * depth) / 8
  const rowBytes = width * bytesPerPixel
  try {
    const data = inflateSync(joinData(bytes), { maxOutputLength: (rowBytes + 1) * height })
    if (data.length < (rowBytes + 1) * height) return undefined
    const rows = undoFilters(data, height, rowBytes, bytesPerPixel)
    return { width, height, values: toBrightness(rows, header) }
  } catch {
    return undefined
  }
}

function readHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  const width = bytes.readUInt32BE(16)
  const height = bytes.readUInt32BE(20)
  const depth = bytes[24] ?? 0
  const channels = channelsOf[bytes[25] ?? 0]
  const isInterlaced = bytes[28] !== 0
  const isUsual = (depth === 8 || depth === 16) && !isInterlaced && width * height <= mostPixels
  return isUsual && channels ? { width, height, depth, channels } : undefined
}

function joinData(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  return Buffer.concat(parts)
}

// Each row begins with the kind of its filter, which says what was subtracted from each byte.
function undoFilters(data: Buffer, height: number, rowBytes: number, bytesPerPixel: number): Buffer {
  const rows = Buffer.alloc(height * rowBytes)
  for (let row = 0; row < height; row++) {
    const filter = data[row * (rowBytes + 1)] ?? 0
    for (let at = 0; at < rowBytes; at++) {
      const here = row * rowBytes + at
      const left = at < bytesPerPixel ? 0 : (rows[here - bytesPerPixel] ?? 0)
      const up = row === 0 ? 0 : (rows[here - rowBytes] ?? 0)
      const corner = row === 0 || at < bytesPerPixel ? 0 : (rows[here - rowBytes - bytesPerPixel] ?? 0)
      rows[here] = (data[row * (rowBytes + 1) + 1 + at] ?? 0) + predict(filter, left, up, corner)
    }
  }
  return rows
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  return filter === 4 ? predictByPaeth(left, up, corner) : 0
}

function predictByPaeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(estimate - value))
  if ((toLeft ?? 0) <= (toUp ?? 0) && (toLeft ?? 0) <= (toCorner ?? 0)) return left
  return (toUp ?? 0) <= (toCorner ?? 0) ? up : corner
}

// The high byte of 16 bits is precise enough to tell pictures apart; transparency is left out.
function toBrightness(rows: Buffer, { width, height, depth, channels }: Header): Float64Array {
  const step = depth / 8
  const sample = (pixel: number, channel: number) => rows[(pixel * channels + channel) * step] ?? 0
  return Float64Array.from({ length: width * height }, (_, pixel) =>
    channels < 3
      ? sample(pixel, 0)
      : 0.299 * sample(pixel, 0) + 0.587 * sample(pixel, 1) + 0.114 * sample(pixel, 2),
  )
}
