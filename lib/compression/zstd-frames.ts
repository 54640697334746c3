// What comes before the next bytes that state how much follows; RFC 8878, sections 3.1.1 and 3.1.2.
type Part = 'magic' | 'skippable size' | 'descriptor' | 'frame header' | 'block header'

const partBytes = { magic: 4, 'skippable size': 4, descriptor: 1, 'block header': 3 } as const

// What a descriptor says of the header behind it: the bytes of each field.
type Header = { window: number; dictionary: number; content: number }

/**
 * Cuts a zstd stream where its frames end, and changes no byte. Node's decompressor drops what stands behind
 * the end of a frame in the same write: https://github.com/nodejs/node/issues/64741
 */
export class ZstdFrameSplitter {
  #part: Part = 'magic'
  #wanted: number[] = []
  // Content to pass over before the next part, and what comes then.
  #passing = 0
  #checksum = false
  #header: Header = { window: 0, dictionary: 0, content: 0 }
  #largestWindow = 0

  /** Bytes of what came before that a decompressor keeps for the next ones: the most of all frames so far. */
  get largestWindow(): number {
    return this.#largestWindow
  }

  /** Cuts the next chunk of the stream; the pieces are views of it. */
  cut(chunk: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = []
    let start = 0
    for (let at = 0; at < chunk.length; ) {
      const passed = Math.min(this.#passing, chunk.length - at)
      this.#passing -= passed
      at += passed
      if (this.#passing > 0 || at === chunk.length) break
      if (this.#startsFrame() && at > start) {
        pieces.push(chunk.subarray(start, at))
        start = at
      }
      this.#wanted.push(chunk[at] ?? 0)
      at += 1
      if (this.#wanted.length === this.#countPart()) this.#finishPart()
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start))
    return pieces
  }

  #startsFrame(): boolean {
    return this.#part === 'magic' && this.#wanted.length === 0
  }

  #countPart(): number {
    const { window, dictionary, content } = this.#header
    return this.#part === 'frame header' ? window + dictionary + content : partBytes[this.#part]
  }

  #finishPart(): void {
    const bytes = this.#wanted
    const value = toNumber(bytes)
    this.#wanted = []
    if (this.#part === 'magic') {
      // Anything else than a frame is the decompressor's to refuse.
      this.#part = value >>> 4 === 0x184d2a5 ? 'skippable size' : 'descriptor'
    } else if (this.#part === 'skippable size') this.#pass(value, 'magic')
    else if (this.#part === 'descriptor') this.#readDescriptor(value)
    else if (this.#part === 'frame header') this.#readHeader(bytes)
    else this.#readBlock(value)
  }

  #pass(length: number, next: Part): void {
    this.#passing = length
    this.#part = next
  }

  #readDescriptor(descriptor: number): void {
    const isSingle = (descriptor & 0x20) !== 0
    this.#checksum = (descriptor & 4) !== 0
    this.#header = {
      window: isSingle ? 0 : 1,
      dictionary: [0, 1, 2, 4][descriptor & 3] ?? 0,
      content: [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0,
    }
    this.#part = 'frame header'
  }

  // Without a window, all of the content is kept.
  #readHeader(bytes: readonly number[]): void {
    const { window, dictionary, content } = this.#header
    const [exponentAndMantissa = 0] = bytes
    const windowBytes = 2 ** (7 + (exponentAndMantissa >> 3)) * (8 + (exponentAndMantissa & 7))
    const contentBytes = toNumber(bytes.slice(dictionary)) + (content === 2 ? 256 : 0)
    this.#largestWindow = Math.max(this.#largestWindow, window > 0 ? windowBytes : contentBytes)
    this.#part = 'block header'
  }

  #readBlock(header: number): void {
    const isLast = (header & 1) !== 0
    const isRepeatedByte = ((header >> 1) & 3) === 1
    const length = isRepeatedByte ? 1 : header >> 3
    if (isLast) this.#pass(length + (this.#checksum ? 4 : 0), 'magic')
    else this.#pass(length, 'block header')
  }
}

const toNumber = (bytes: readonly number[]) => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
