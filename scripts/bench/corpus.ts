import { createCipheriv, hash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../local-aws-process.ts'

const python = ['.venv/**/*.py']
const sources: readonly (readonly string[])[] = [
  ['{actions,docs,lambda,lib,scripts,test}/**/*.{ts,md}', 'node_modules/**/*.{js,ts,md}'],
  python,
]
// Copies of a few compilers would be most of node_modules.
const mostFileBytes = 256 * 1024

/** Reads text and code of this repository and of its packages, up to a size: JavaScript, then as much Python. */
export function readTextCorpus(sizeBytes: number): Buffer {
  return Buffer.concat(sources.map((patterns) => readFiles(patterns, sizeBytes / sources.length)))
}

/** Reads the Python code of the project's tools, up to a size: what is text in the image of an inference service. */
export const readPythonCorpus = (sizeBytes: number) => readFiles(python, sizeBytes)

/** Reads files in the order of their names, each content once, until `sizeBytes` are there. */
function readFiles(patterns: readonly string[], sizeBytes: number): Buffer {
  const corpus = Buffer.alloc(sizeBytes)
  const seen = new Set<string>()
  let filled = 0
  for (const name of globSync(patterns, { cwd: root, exclude: (path) => path.endsWith('dist') }).sort()) {
    const file = statSync(join(root, name))
    if (!file.isFile() || file.size > mostFileBytes) continue
    const content = readFileSync(join(root, name))
    const digest = hash('sha256', content)
    if (seen.has(digest)) continue
    seen.add(digest)
    filled += content.copy(corpus, filled)
    if (filled === sizeBytes) break
  }
  return corpus.subarray(0, filled)
}

/** Reads native code: the program of node itself. */
export function readNativeCorpus(sizeBytes: number): Buffer {
  return readFileSync(process.execPath).subarray(0, sizeBytes)
}

/** Makes random bytes, the same for the same seed: a key stream of AES. */
export function makeRandomCorpus(sizeBytes: number, seed = 0): Buffer {
  const key = Buffer.alloc(16)
  key.writeUInt32BE(seed)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes))
}
