import type { Stats } from 'node:fs'
import { lstat, opendir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { messageOf, UserError } from './errors.ts'

/** A file of a folder. */
export type WalkedFile = {
  /** Its path within the folder, with slashes; under the name of a link where one leads to it. */
  name: string
  /** Where its bytes are: no part of it is a link. */
  path: string
  sizeBytes: number
  /** Whether its owner may run it. */
  executable: boolean
}

/** How far a walk goes. */
export type WalkBounds = {
  /** The input that named the folder: messages begin with it. */
  what: string
  /** Files, folders and links in all. */
  mostEntries: number
  /** Bytes of all files; any number where it is not given. */
  mostBytes?: number
  signal?: AbortSignal | undefined
}

/**
 * Lists the files of a folder and of all within it, ordered by the bytes of their names. A link stands for what it
 * names; one back to a folder that it stands in is passed over. Throws UserError for a link that leaves the folder
 * or leads nowhere, for what is neither file nor folder, and beyond the bounds; Node's error for the folder itself.
 */
export async function walkFolder(folder: string, bounds: WalkBounds): Promise<WalkedFile[]> {
  const root = await realpath(folder)
  const files: WalkedFile[] = []
  const count = makeCount(folder, bounds)
  const visit = async (path: string, prefix: string, above: readonly string[]): Promise<void> => {
    for await (const entry of await opendir(path)) {
      bounds.signal?.throwIfAborted()
      const name = prefix + entry.name
      const full = join(path, entry.name)
      const real = entry.isSymbolicLink() ? await followLink(full, name, root, bounds) : full
      const stats = await describe(real, name, bounds)
      count(stats)
      if (stats.isFile()) files.push(toFile(name, real, stats))
      else if (!above.includes(real)) await visit(real, `${name}/`, [...above, real])
    }
  }
  await visit(root, '', [root])
  return files
    .map((file) => ({ file, bytes: Buffer.from(file.name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ file }) => file)
}

const toFile = (name: string, path: string, { size, mode }: Stats): WalkedFile => ({
  name,
  path,
  sizeBytes: size,
  executable: (mode & 0o100) !== 0,
})

function makeCount(folder: string, { what, mostEntries, mostBytes = Number.POSITIVE_INFINITY }: WalkBounds) {
  let entries = 0
  let bytes = 0
  return (stats: Stats) => {
    entries += 1
    if (stats.isFile()) bytes += stats.size
    if (entries > mostEntries)
      throw new UserError(`${what}: ${folder}: expected at most ${mostEntries} files and folders, got more`)
    if (bytes > mostBytes)
      throw new UserError(`${what}: ${folder}: expected files of at most ${mostBytes} bytes in all, got more`)
  }
}

async function followLink(path: string, name: string, root: string, { what }: WalkBounds): Promise<string> {
  const target = await realpath(path).catch((error: unknown) => {
    throw new UserError(`${what}: "${name}" is a link that leads to no file or folder (${messageOf(error)})`)
  })
  if (target === root || target.startsWith(root + sep)) return target
  throw new UserError(`${what}: "${name}" is a link to "${target}", which leaves the folder`)
}

async function describe(path: string, name: string, { what }: WalkBounds): Promise<Stats> {
  const stats = await lstat(path).catch((error: unknown) => {
    // A name in other bytes than UTF-8 is not found again under the name that Node gives it.
    throw new UserError(`${what}: "${name}" cannot be read (${messageOf(error)})`)
  })
  if (stats.isFile() || stats.isDirectory()) return stats
  throw new UserError(`${what}: "${name}" is neither a file nor a folder; remove it from the folder`)
}
