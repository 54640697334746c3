import { createCipheriv } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../local-aws-process.ts'

const patterns = ['{actions,docs,lambda,lib,scripts,test}/**/*.{ts,md}', 'node_modules/**/*.{js,ts,md}']

/** Reads code and text of this repository and of what it depends on, by name, up to a size. */
export function readTextCorpus(sizeBytes: number): Buffer {
  const corpus = Buffer.alloc(sizeBytes)
  let filled = 0
  for (const name of globSync(patterns, { cwd: root, exclude: (path) => path.endsWith('dist') }).sort()) {
    if (filled === sizeBytes) break
    filled += readFileSync(join(root, name)).copy(corpus, filled)
  }
  return corpus.subarray(0, filled)
}

/** Makes random bytes, the same each time: a key stream of AES. */
export function makeRandomCorpus(sizeBytes: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(sizeBytes))
}
