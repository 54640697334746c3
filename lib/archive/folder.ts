import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { UserError } from '../errors.ts'
import { describeUnreadable } from '../file.ts'
import { type Archive, type ArchiveEntry, type EntryReader, peekBytes } from './archive.ts'
import { missingEntry, refuseBig } from './json-entry.ts'

/** Opens a folder that holds an OCI image layout, or an archive that was unpacked. */
export async function openFolder(path: string): Promise<Archive> {
  const entries = await listFiles(path)
  const find = (name: string, namedBy?: string) => {
    const entry = entries.get(name)
    if (entry) return entry
    throw missingEntry(path, name, namedBy)
  }
  const readStart = async (name: string, length: number) => {
    const reader = await openFile(path, name)
    try {
      const bytes = Buffer.alloc(length)
      return bytes.subarray(0, await reader.read(bytes))
    } finally {
      await reader.close()
    }
  }
  return {
    name: path,
    sequential: false,
    entries,
    find,
    peek: async (name) => await readStart(name, Math.min(peekBytes, find(name).sizeBytes)),
    read: async (name) => {
      const { sizeBytes } = find(name)
      refuseBig(name, sizeBytes)
      return await readStart(name, sizeBytes)
    },
    open: async (name) => {
      find(name)
      return await openFile(path, name)
    },
    close: async () => {},
  }
}

async function listFiles(path: string): Promise<Map<string, ArchiveEntry>> {
  const top = await readdir(path)
  // Looked at first: the wrong folder may hold a million files.
  if (!top.some((name) => name === 'index.json' || name === 'manifest.json')) {
    throw new UserError(
      `archive: ${path}: expected a folder with index.json, as OCI layouts have, found none`,
    )
  }
  const entries = new Map<string, ArchiveEntry>()
  for (const file of await readdir(path, { recursive: true, withFileTypes: true })) {
    const full = join(file.parentPath, file.name)
    const found = await stat(full).catch(() => undefined)
    if (!found?.isFile()) continue
    entries.set(relative(path, full).split(sep).join('/'), { offset: entries.size, sizeBytes: found.size })
  }
  return entries
}

async function openFile(path: string, name: string): Promise<EntryReader> {
  const full = await realpath(join(path, name)).catch((error: unknown) => {
    throw new UserError(`archive: ${join(path, name)}: ${describeUnreadable(error)}`)
  })
  if (!full.startsWith((await realpath(path)) + sep)) {
    throw new UserError(`archive: "${name}" is a link to "${full}", which leaves the folder`)
  }
  const file = await open(full)
  let at = 0
  return {
    read: async (target) => {
      let filled = 0
      while (filled < target.length) {
        const { bytesRead } = await file.read(target, filled, target.length - filled, at)
        if (bytesRead === 0) break
        filled += bytesRead
        at += bytesRead
      }
      return filled
    },
    close: () => file.close(),
  }
}
