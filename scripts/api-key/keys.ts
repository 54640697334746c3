import { createHash, randomBytes } from 'node:crypto'
import { UserError } from '../../lib/errors.ts'

/** A key as it is stored: whose it is, the SHA-256 of the key in hex, and when it was added. */
export type StoredKey = { user: string; hash: string; created: Date | undefined }

/** Shortest part of a hash that names a key. */
const shortestHash = 8

/** Makes a key of 256 random bits; the prefix lets scanners for leaked secrets find it. */
export function makeKey(): string {
  return `ddn_${randomBytes(32).toString('base64url')}`
}

/** Computes the hash by which a key is stored. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Chooses the keys to remove: all of a user, or the one whose hash begins with the text. */
export function chooseKeys(keys: readonly StoredKey[], userOrHash: string): readonly StoredKey[] {
  const ofUser = keys.filter(({ user }) => user === userOrHash)
  if (ofUser.length > 0) return ofUser
  const isHash = new RegExp(`^[0-9a-f]{${shortestHash},64}$`).test(userOrHash)
  const byHash = isHash ? keys.filter(({ hash }) => hash.startsWith(userOrHash)) : []
  if (byHash.length === 1) return byHash
  const found = byHash.length === 0 ? 'none' : `${byHash.length} keys`
  throw new UserError(
    `remove: expected a user with a key, or the first ${shortestHash} or more digits of one hash; found ${found} for "${userOrHash}"`,
  )
}

/** Renders the list of keys: user, day of creation, first digits of the hash. */
export function renderKeys(keys: readonly StoredKey[]): string {
  const rows = [...keys]
    .sort((a, b) => a.user.localeCompare(b.user, 'en') || a.hash.localeCompare(b.hash, 'en'))
    .map(({ user, hash, created }) => [user, created?.toISOString().slice(0, 10) ?? '', hash.slice(0, 12)])
  const table = [['USER', 'CREATED', 'HASH'], ...rows]
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}
