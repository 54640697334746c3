import { kernelBase64 } from './kernel-bytes.ts'

/** The most that one call accepts, in bytes. */
export const chunkBytes = 2 * 1024 * 1024

/** `fast` looks for a match at one earlier place, `dense` at two: it gives a smaller output, and is slower. */
export type KernelMode = 'fast' | 'dense'

/** A kernel with its own memory, for one thread. */
export type Deflater = {
  /** Where a chunk is written before `deflate`: a view of `chunkBytes` bytes. */
  input: Uint8Array
  /**
   * Deflates the first `length` bytes of `input` to raw deflate blocks that end at a byte, with an empty stored
   * block (a sync flush). The view is valid until the next call. The bytes depend on those of the chunk and on
   * the mode alone. Throws RangeError for a length that `input` does not have.
   */
  deflate(length: number): Uint8Array
}

/** The last, empty block: it ends a stream of deflated chunks. */
export const streamEnd: Uint8Array = Uint8Array.of(0x03, 0x00)

/** Compiles the kernel. Once is enough: the module can be handed to worker threads. */
export function compileKernel(): WebAssembly.Module {
  return new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'))
}

/** Creates a deflater, with some 5 MiB of memory of its own. */
export function makeDeflater(module: WebAssembly.Module, mode: KernelMode): Deflater {
  const { exports } = new WebAssembly.Instance(module)
  const { memory } = exports
  if (!(memory instanceof WebAssembly.Memory))
    throw new Error('deflate kernel: expected a memory, found none')
  const deflate = readFunction(exports, 'deflate')
  const outputAddress = readFunction(exports, 'outputAddress')()
  const input = new Uint8Array(memory.buffer, readFunction(exports, 'inputAddress')(), chunkBytes)
  return {
    input,
    deflate(length) {
      if (!(Number.isInteger(length) && length >= 0 && length <= chunkBytes)) {
        throw new RangeError(`deflate: expected a length from 0 to ${chunkBytes}, got ${length}`)
      }
      return new Uint8Array(memory.buffer, outputAddress, deflate(length, mode === 'dense' ? 1 : 0))
    },
  }
}

function readFunction(
  exports: Readonly<Record<string, unknown>>,
  name: string,
): (...args: number[]) => number {
  const found = exports[name]
  if (typeof found !== 'function') throw new Error(`deflate kernel: expected a function ${name}, found none`)
  return (...args) => Number(found(...args))
}
