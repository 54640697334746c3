import { crc32, deflateSync } from 'node:zlib'

const side = 96

/** Draws a small grey picture with noise, as PNG: the same bytes each time. */
export function drawPicture(): Buffer<ArrayBuffer> {
  const rows = Buffer.alloc(side * (side + 1))
  let seed = 1
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      // https://en.wikipedia.org/wiki/Lehmer_random_number_generator
      seed = (seed * 48_271) % 2_147_483_647
      const isInside = Math.hypot(x - side / 2, y - side / 2) < side / 3
      const noise = (seed / 2_147_483_647 - 0.5) * 60
      rows[y * (side + 1) + 1 + x] = Math.round((isInside ? 170 : 70) + x / 4 + noise)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 8
  const chunks = [
    makeChunk('IHDR', header),
    makeChunk('IDAT', deflateSync(rows)),
    makeChunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}

function makeChunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}
