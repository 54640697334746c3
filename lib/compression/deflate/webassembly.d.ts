/** What the kernel needs of WebAssembly: TypeScript has its types only among those of a browser. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
    readonly [Symbol.toStringTag]: 'WebAssembly.Module'
  }
  class Memory {
    private constructor()
    readonly buffer: ArrayBuffer
  }
  class Instance {
    constructor(module: Module)
    readonly exports: Readonly<Record<string, unknown>>
  }
}
