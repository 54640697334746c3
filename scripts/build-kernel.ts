// Before AssemblyScript declares a console of its own.
/// <reference types="node" />
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { main as compile } from 'assemblyscript/asc'
import { root } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

const source = 'lib/compression/deflate/assembly/kernel.ts'
const target = 'lib/compression/deflate/kernel-bytes.ts'
// No runtime and no bounds checks: the kernel allocates nothing, and its buffers have fixed places.
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd']

/** Compiles the sources: equal sources give equal bytes, in any place and on any machine. */
async function buildModule(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  const { error, stderr } = await compile([source, ...options, '--outFile', 'kernel.wasm'], {
    readFile: (name, folder) => readOptional(join(root, folder, name)),
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') bytes = contents
    },
  })
  if (error || !bytes) throw new Error(`${source}: ${error?.message ?? 'no module'}\n${stderr.toString()}`)
  return bytes
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

const render = (bytes: Uint8Array) =>
  `// Made from assembly/ by npm run build:kernel. Do not edit.\n\nexport const kernelBase64 =\n  '${Buffer.from(bytes).toString('base64')}'\n`

await runMain(async () => {
  const bytes = await buildModule()
  const text = render(bytes)
  if (!process.argv.includes('--check')) {
    writeFileSync(join(root, target), text)
    console.log(`wrote ${target}: ${bytes.length} bytes of WebAssembly`)
    return 0
  }
  if (text === readOptional(join(root, target))) return 0
  console.error(`${target}: differs from what its sources give; run npm run build:kernel`)
  return 1
})
