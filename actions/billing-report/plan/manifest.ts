import { createHash } from 'node:crypto'
import type { StoredObject } from '../../../lib/aws/s3-objects.ts'
import { tryParseJson } from '../../../lib/json.ts'
import type { Window } from './window.ts'

/** An object that a roll-up has read. */
export type InputFile = Pick<StoredObject, 'key' | 'size' | 'etag'>

/** The objects of the access log by their day of arrival. */
export type Arrivals = ReadonlyMap<string, readonly InputFile[]>

/** Lists the objects that arrived in a window, by day and key. */
export function filesOf(arrivals: Arrivals, { first, next }: Window): InputFile[] {
  return [...arrivals]
    .filter(([day]) => first <= day && day < next)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, files]) => files)
}

const lineOf = ({ key, size, etag }: InputFile) => JSON.stringify([key, size, etag])

/** Computes a digest of objects: equal for the same objects in the same order. */
export const digestOf = (files: readonly InputFile[]): string => hash(files.map(lineOf).join('\n'))

/** Computes the SHA-256 of a text, in hexadecimal digits. */
export const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Writes a manifest: one object a line, as JSON. */
export const formatManifest = (files: readonly InputFile[]): string =>
  files.map((file) => `${lineOf(file)}\n`).join('')

/** Returns whether a manifest is that of the objects with a digest. */
export const isManifestOf = (manifest: string, digest: string | undefined): boolean =>
  hash(manifest.replace(/\n$/, '')) === digest

/** Lists the keys of a manifest; what is no line of one is passed over. */
export const keysOf = (manifest: string): string[] =>
  manifest
    .split('\n')
    .map((line): unknown => Object(tryParseJson(line))[0])
    .filter((key) => typeof key === 'string')

/** Returns whether an object is missing in a manifest. */
export function hasNewFile(files: readonly InputFile[], manifest: string): boolean {
  const known = new Set(manifest.split('\n'))
  return files.some((file) => !known.has(lineOf(file)))
}

/** Names the manifest of a roll-up: Athena passes over names that begin with an underscore. */
export const manifestAt = (location: string): string => `${location}_manifest.jsonl`
