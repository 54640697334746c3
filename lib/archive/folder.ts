import { constants, existsSync } from 'node:fs'
import { open, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { describeUnreadable } from '../file.ts'
import { walkFolder } from '../file-walk.ts'
import { type Archive, type ArchiveEntry, type EntryReader, peekBytes } from './archive.ts'
import { missingEntry, refuseBig } from './json-entry.ts'
import { describeFiles } from './other-files.ts'
import { mostEntries } from './tar-index.ts'

type FolderEntry = ArchiveEntry & { path: string }

/** Opens a folder that holds an OCI image layout, or an archive that was unpacked. */
export async function openFolder(path: string, signal?: AbortSignal): Promise<Archive> {
  const entries = await listFiles(path, signal)
  const find = (name: string, namedBy?: string): FolderEntry => {
    const entry = entries.get(name)
    if (entry) return entry
    throw missingEntry(path, name, namedBy)
  }
  const readStart = async (name: string, length: number) => {
    const reader = await openFile(find(name))
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
    open: async (name) => await openFile(find(name)),
    close: async () => {},
  }
}

async function listFiles(path: string, signal: AbortSignal | undefined): Promise<Map<string, FolderEntry>> {
  // Looked at first: the wrong folder may hold a million files.
  const isLayout = ['index.json', 'manifest.json'].some((name) => existsSync(join(path, name)))
  if (!isLayout) {
    throw new UserError(
      `archive: ${path}: expected a folder with index.json, as OCI layouts have, found none; ${await describeFolder(path)}`,
    )
  }
  const files = await walkFolder(path, { what: 'archive', mostEntries, signal })
  return new Map(
    files.map((file, offset) => [file.name, { offset, sizeBytes: file.sizeBytes, path: file.path }]),
  )
}

async function describeFolder(path: string): Promise<string> {
  const names: string[] = []
  for await (const { name } of await opendir(path)) {
    // Names within are those that tell where a layout lies.
    const inner = ['index.json', 'manifest.json'].filter((file) => existsSync(join(path, name, file)))
    names.push(name, ...inner.map((file) => `${name}/${file}`))
    if (names.length > 1000) break
  }
  return describeFiles(names.sort())
}

async function openFile({ path }: FolderEntry): Promise<EntryReader> {
  // It was a file when the folder was listed; a pipe that has replaced it since must not be waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch((error: unknown) => {
    throw new UserError(`archive: ${path}: ${describeUnreadable(error)}`)
  })
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
