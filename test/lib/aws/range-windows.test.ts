import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RangeWindows } from '../../../lib/aws/range-windows.ts'

const MiB = 1024 * 1024
const KiB = 1024

/** An object of the given bytes, or of zeros, and the ranges that were asked for. */
function makeObject(content: Buffer | number) {
  const ranges: { start: number; length: number }[] = []
  const windows = new RangeWindows(
    async (start, length) => {
      ranges.push({ start, length })
      return typeof content === 'number' ? Buffer.alloc(length) : content.subarray(start, start + length)
    },
    typeof content === 'number' ? content : content.length,
  )
  const read = async (offset: number, length: number, until?: number) => {
    const target = Buffer.alloc(length)
    await windows.readInto(target, offset, until)
    return target
  }
  return { ranges, read }
}

describe('windows of an object', () => {
  it('give the bytes of any read', async () => {
    const content = Buffer.from(Uint32Array.from({ length: 75 * KiB }, (_, at) => at * 7).buffer)
    const sizeBytes = content.length
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(sizeBytes), fc.nat(80 * KiB), fc.nat(sizeBytes)), { maxLength: 12 }),
        async (reads) => {
          const { read } = makeObject(content)
          const bounded = reads.map(([offset, length, more]) => {
            const end = Math.min(offset + length, sizeBytes)
            return { offset, length: end - offset, until: Math.min(end + more, sizeBytes) }
          })
          const got = await Promise.all(
            bounded.map(({ offset, length, until }) => read(offset, length, until)),
          )
          got.forEach((bytes, at) => {
            const { offset, length } = bounded[at]!
            expect(bytes.equals(content.subarray(offset, offset + length))).toBe(true)
          })
        },
      ),
      { numRuns: 50 },
    )
  })

  it('take a small range for a header, and serve what lies close to it', async () => {
    const { ranges, read } = makeObject(100 * MiB)
    await read(50 * MiB, 512)
    await read(50 * MiB + 512, 2000)
    expect(ranges).toEqual([{ start: 50 * MiB, length: 32 * KiB }])
  })

  it('fetch two big ranges ahead of a read in sequence, and none beyond its end', async () => {
    const { ranges, read } = makeObject(100 * MiB)
    const until = 13 * MiB
    await read(0, MiB, until)
    expect(ranges.map(({ start }) => start / MiB)).toEqual([0, 4, 8])
    for (let offset = MiB; offset < until; offset += MiB) await read(offset, MiB, until)
    expect(ranges).toEqual([
      { start: 0, length: 4 * MiB },
      { start: 4 * MiB, length: 4 * MiB },
      { start: 8 * MiB, length: 4 * MiB },
      { start: 12 * MiB, length: MiB },
    ])
  })

  it('let go of what was used least lately, at 32 MiB', async () => {
    const { ranges, read } = makeObject(200 * MiB)
    for (let at = 0; at < 9; at++) await read(at * 10 * MiB, MiB, at * 10 * MiB + 4 * MiB)
    await read(80 * MiB, MiB)
    expect(ranges).toHaveLength(9)
    await read(0, MiB, 4 * MiB)
    expect(ranges).toHaveLength(10)
    // What was read again meanwhile was used later than what came after it.
    await read(20 * MiB, MiB, 24 * MiB)
    await read(100 * MiB, MiB, 104 * MiB)
    await read(20 * MiB, MiB, 24 * MiB)
    expect(ranges).toHaveLength(11)
  })

  it('let go of a big range that was read to its end, and keep a small one', async () => {
    const { ranges, read } = makeObject(100 * MiB)
    for (let twice = 0; twice < 2; twice++) await read(0, 4 * MiB, 4 * MiB)
    expect(ranges).toHaveLength(2)
    for (let twice = 0; twice < 2; twice++) await read(50 * MiB, 32 * KiB)
    expect(ranges).toHaveLength(3)
  })

  it('ask again for a range that failed', async () => {
    let fails = true
    const windows = new RangeWindows(async (_, length) => {
      if (fails) throw new Error('broken')
      return new Uint8Array(length)
    }, MiB)
    await expect(windows.readInto(Buffer.alloc(10), 0)).rejects.toThrow('broken')
    fails = false
    await windows.readInto(Buffer.alloc(10), 0)
  })
})
