type Window = { start: number; end: number; bytes: Promise<Uint8Array> }

// Headers stand far apart, and the small files of an archive close together.
const smallBytes = 32 * 1024
const bigBytes = 4 * 1024 * 1024
const windowsAhead = 2
const maxBytes = 32 * 1024 * 1024

/**
 * Reads an object in windows, each one request. A read that says how far it will go on gets big windows, and
 * the next two are fetched while it uses the first. At most 32 MiB are held, the latest used.
 */
export class RangeWindows {
  readonly #fetch: (start: number, length: number) => Promise<Uint8Array>
  readonly #sizeBytes: number
  // In the order of use: the last was used last.
  readonly #windows = new Set<Window>()

  constructor(fetch: (start: number, length: number) => Promise<Uint8Array>, sizeBytes: number) {
    this.#fetch = fetch
    this.#sizeBytes = sizeBytes
  }

  /** Fills the target from the offset on; `until` is where the reads that follow will end. */
  async readInto(target: Uint8Array, offset: number, until = offset + target.length): Promise<void> {
    for (let at = 0; at < target.length; ) {
      const start = offset + at
      const window = this.#get(start, until)
      this.#fetchAhead(window, until)
      const bytes = await window.bytes
      const piece = bytes.subarray(start - window.start, start - window.start + target.length - at)
      target.set(piece, at)
      at += piece.length
      // A big window that was read to its end is not read again.
      if (at + offset === window.end && bytes.length > smallBytes) this.#windows.delete(window)
    }
  }

  #get(start: number, until: number): Window {
    const held = this.#find(start)
    if (!held) return this.#add(start, until)
    this.#windows.delete(held)
    this.#windows.add(held)
    return held
  }

  #find(at: number): Window | undefined {
    return [...this.#windows].find(({ start, end }) => start <= at && at < end)
  }

  #fetchAhead(window: Window, until: number): void {
    let last = window
    for (let ahead = 0; ahead < windowsAhead && last.end < until; ahead++)
      last = this.#find(last.end) ?? this.#add(last.end, until)
  }

  #add(start: number, until: number): Window {
    const wanted = Math.min(Math.max(until - start, smallBytes), bigBytes)
    const end = Math.min(start + wanted, this.#sizeBytes)
    const window = { start, end, bytes: this.#fetch(start, end - start) }
    // A window ahead that fails throws where it is read, and only there; the next read tries again.
    window.bytes.catch(() => this.#windows.delete(window))
    this.#windows.add(window)
    this.#evict()
    return window
  }

  #evict(): void {
    let heldBytes = 0
    for (const window of [...this.#windows].reverse()) {
      heldBytes += window.end - window.start
      if (heldBytes > maxBytes) this.#windows.delete(window)
    }
  }
}
