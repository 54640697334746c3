import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { OutputFolder } from '../context.ts'

// Large enough that a file of hundreds of megabytes takes few calls, small enough to be no memory.
const bufferBytes = 64 * 1024

/** A file, and the bytes that are not in it yet. Texts that waited would outlive many collections of garbage. */
type Growing = { fd: number; buffer: Buffer; used: number }

/**
 * Opens a folder, and creates it if necessary. Files grow in a folder inside it, which has a name of its own, and are
 * moved to their places by `publish`: what is there before stays whole until then. What a run has left that was killed
 * goes.
 */
export function openOutputFolder(folder: string): OutputFolder {
  mkdirSync(folder, { recursive: true })
  for (const left of readdirSync(folder).filter(isAbandoned)) rmSync(join(folder, left), { recursive: true })
  const staging = mkdtempSync(join(folder, `.unpublished-${process.pid}-`))
  const remove = () => rmSync(staging, { recursive: true, force: true })
  // A run whose time is up ends wherever its work is.
  process.once('exit', remove)
  const growing = new Map<string, Growing>()
  const names: string[] = []
  let isOpen = true
  const open = (name: string): number => {
    // Work that was given up may still go on.
    if (!isOpen) throw new Error(`${folder}: expected no file after the end, got ${name}`)
    const path = join(staging, name)
    mkdirSync(dirname(path), { recursive: true })
    names.push(name)
    return openSync(path, 'wx')
  }
  const start = (name: string): Growing => {
    const file = { fd: open(name), buffer: Buffer.allocUnsafe(bufferBytes), used: 0 }
    growing.set(name, file)
    return file
  }
  const close = () => {
    for (const file of growing.values()) closeSync(flush(file).fd)
    growing.clear()
  }
  return {
    append(name, text) {
      const file = growing.get(name) ?? start(name)
      const bytes = Buffer.byteLength(text)
      if (file.used + bytes > bufferBytes) flush(file)
      if (bytes > bufferBytes) writeAll(file.fd, Buffer.from(text))
      else file.used += file.buffer.write(text, file.used)
    },
    write(name, text) {
      const fd = open(name)
      writeAll(fd, Buffer.from(text))
      closeSync(fd)
    },
    publish(replaced) {
      close()
      removeBeginning(folder, replaced)
      for (const parent of new Set(names.map(dirname))) if (parent !== '.') makeFolder(join(folder, parent))
      for (const name of names) {
        rmSync(join(folder, name), { recursive: true, force: true })
        renameSync(join(staging, name), join(folder, name))
      }
      return names.map((name) => join(folder, name))
    },
    discard() {
      close()
      isOpen = false
      remove()
      process.off('exit', remove)
    },
  }
}

/** Removes what an earlier bill of the month left; the bills of other months stand beside it. */
function removeBeginning(folder: string, replaced: string): void {
  const [parent, start] = [join(folder, dirname(replaced)), basename(replaced)]
  if (!isFolder(parent)) return
  for (const name of readdirSync(parent))
    if (name.startsWith(start)) rmSync(join(parent, name), { recursive: true })
}

// A link to a folder elsewhere is none: nothing there is replaced.
const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true

function makeFolder(path: string): void {
  if (!isFolder(path)) rmSync(path, { force: true })
  mkdirSync(path, { recursive: true })
}

function isAbandoned(name: string): boolean {
  const [, pid] = /^\.unpublished-([1-9]\d{0,8})-/.exec(name) ?? []
  return pid !== undefined && !isRunning(Number(pid))
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Another user's may not be asked, but is there.
    return Object(error).code === 'EPERM'
  }
}

function flush(file: Growing): Growing {
  writeAll(file.fd, file.buffer.subarray(0, file.used))
  file.used = 0
  return file
}

// A disk that is nearly full takes a part of what is written, and says so by the count only.
function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}
