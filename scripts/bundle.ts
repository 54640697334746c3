import { writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')

/**
 * Bundles a program into a folder, with the licenses of what it holds: the same bytes for the same sources, in any
 * place. Where `splits` is set, what the program loads later lies in files of its own: Node compiles the whole of a file.
 */
export async function bundle(file: string, folder: string, { splits } = { splits: false }): Promise<void> {
  const outDir = resolve(root, folder)
  // CommonJS: to import node:http into a module would load Node's whole fetch.
  const format = { format: 'cjs', dynamicImportInCjs: false, charset: 'ascii' } as const
  const files = { entryFileNames: 'index.js', chunkFileNames: '[name].js' }
  const output = { ...format, ...files, codeSplitting: splits && { groups } }
  const built = await build({
    ...{ root, configFile: false, envDir: false, publicDir: false, logLevel: 'warn' },
    ssr: { noExternal: true, target: 'node' },
    build: {
      ...{ ssr: file, outDir, emptyOutDir: true, target: 'node24', minify: 'oxc' },
      license: { fileName: 'licenses.txt' },
      rolldownOptions: { output, treeshake: { moduleSideEffects } },
    },
  })
  const chunks = chunksOf(built)
  refuseImports(file, chunks)
  refuseCircles(file, chunks)
  writeFileSync(join(outDir, 'package.json'), '{\n  "type": "commonjs"\n}\n')
}

// The SDK has hundreds of small modules: those of a client, those that find credentials in other places than the
// environment, those that every call needs, and those that S3 and the protocols of JSON and REST need besides.
const groups = [
  {
    name: 'credentials',
    test: /node_modules\/@aws-sdk\/(nested-clients|token-providers|credential-provider-(?!node|env))/,
    includeDependenciesRecursively: false,
  },
  {
    name: 'sdk-more',
    test: /node_modules\/@(aws-sdk\/(checksums|middleware-sdk-s3)|smithy\/credential-provider-imds|.+\/(event-streams|util-stream\/checksum|checksum\/(crc32|md5)|protocols\/(json|HttpBindingProtocol|xml\/(AwsRest|XmlCodec|XmlShapeSerializer))|xml-builder\/dist-es\/XmlNode))/,
    includeDependenciesRecursively: false,
  },
  { name: 'sdk', test: /node_modules\/(@smithy|@aws|@aws-crypto|@aws-sdk\/(?!client-)[^/]+)\// },
  {
    name: (module: string) => /node_modules\/@aws-sdk\/(client-[^/]+)\//.exec(module)?.[1],
    debugName: 'client',
  },
]

// What these hold besides what is used, such as an HTTP client of 700 KB, would slow each start.
const moduleSideEffects = [{ test: /node_modules\/@actions\//, sideEffects: false }]

/** A file of code, and the files and modules that it loads: at its start, or later. */
type Chunk = { fileName: string; imports: readonly string[]; dynamicImports: readonly string[] }

const chunksOf = (built: Awaited<ReturnType<typeof build>>): Chunk[] =>
  [built]
    .flat()
    .flatMap((result) => ('output' in result ? result.output : []))
    .flatMap((part) => (part.type === 'chunk' ? [part] : []))

// What is not in the bundle is not on the runner.
function refuseImports(file: string, chunks: readonly Chunk[]): void {
  const known = new Set(chunks.map(({ fileName }) => fileName))
  const missing = chunks
    .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
    .filter((name) => !known.has(name) && !isBuiltin(name))
  if (missing.length > 0) throw new Error(`${file}: not in its bundle: ${missing.join(', ')}`)
}

// Of files that need each other at their start, one finds the other empty.
function refuseCircles(file: string, chunks: readonly Chunk[]): void {
  const left = new Map(chunks.map(({ fileName, imports }) => [fileName, imports]))
  const isFree = (imports: readonly string[]) => !imports.some((name) => left.has(name))
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const [name, imports] of left) if (isFree(imports)) left.delete(name)
  }
  if (left.size > 0) throw new Error(`${file}: files import each other: ${[...left.keys()].join(', ')}`)
}
