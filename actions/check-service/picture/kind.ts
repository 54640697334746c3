/** What the first bytes of a picture tell. */
export type PictureKind = { type: string; width: number; height: number }

/** Returns media type and size of a PNG, JPEG or TIFF; undefined where it is none of these, or broken. */
export function readKind(bytes: Buffer): PictureKind | undefined {
  const readers = [readPng, readJpeg, readTiff]
  try {
    return readers.map((read) => read(bytes)).find((kind) => kind && kind.width * kind.height > 0)
  } catch (error) {
    // A header that ends too soon.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readPng(bytes: Buffer): PictureKind | undefined {
  if (bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') return undefined
  return { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

// The frame header is the first segment of the kinds 0xC0 to 0xCF, of which three are others.
function readJpeg(bytes: Buffer): PictureKind | undefined {
  if (bytes.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  for (;;) {
    const marker = bytes.readUInt16BE(at)
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (isFrame) {
      return { type: 'image/jpeg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
}

// https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, section 2
function readTiff(bytes: Buffer): PictureKind | undefined {
  const order = bytes.toString('latin1', 0, 4)
  if (order !== 'II*\0' && order !== 'MM\0*') return undefined
  const isLittle = order.startsWith('I')
  const read = (at: number, size: 2 | 4) =>
    isLittle ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size)
  const first = read(4, 4)
  const entries = Array.from({ length: read(first, 2) }, (_, index) => first + 2 + index * 12)
  const readValue = (tag: number) => {
    const entry = entries.find((at) => read(at, 2) === tag)
    return entry === undefined ? 0 : read(entry + 8, read(entry + 2, 2) === 3 ? 2 : 4)
  }
  return { type: 'image/tiff', width: readValue(256), height: readValue(257) }
}
