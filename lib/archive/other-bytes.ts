import { basename } from 'node:path'

/** What a file is that is no tar, and what to do with it; `file` is its name as a shell writes it. */
type Kind = { starts: readonly string[]; is: string; advise: (file: string) => string }

const decompress = (command: string) => (file: string) => `decompress it first: ${command} ${file}`
const save = () => 'docker save and skopeo copy write an archive of an image'
const download = () => 'look at what it says, and download the archive again'

// The first bytes as Latin-1; words in lower case: https://en.wikipedia.org/wiki/List_of_file_signatures
const kinds: readonly Kind[] = [
  {
    starts: ['version https://git-lfs'],
    is: 'a git-lfs pointer, not the file itself',
    advise: () => 'run git lfs pull, or set lfs: true for actions/checkout',
  },
  { starts: ['\xfd7zXZ\0'], is: 'a file compressed with xz', advise: decompress('xz -d') },
  { starts: ['BZh'], is: 'a file compressed with bzip2', advise: decompress('bzip2 -d') },
  {
    starts: ['\x04"M\x18', '\x02!L\x18'],
    is: 'a file compressed with lz4',
    advise: decompress('lz4 -d'),
  },
  { starts: ['LZIP'], is: 'a file compressed with lzip', advise: decompress('lzip -d') },
  { starts: ['\x5d\0\0'], is: 'a file compressed with lzma', advise: decompress('xz -d -F lzma') },
  { starts: ['\x1f\x9d', '\x1f\xa0'], is: 'a file compressed with compress', advise: decompress('gzip -d') },
  {
    starts: ['\x1f\x8b', '(\xb5/\xfd'],
    is: 'a file that is compressed twice',
    advise: () => 'decompress it once',
  },
  {
    starts: ['PK\x03\x04', 'PK\x05\x06'],
    is: 'a zip file, as GitHub keeps artifacts',
    advise: (file) => `unpack it first: unzip ${file}`,
  },
  { starts: ['7z\xbc\xaf'], is: 'a 7z file', advise: (file) => `unpack it first: 7z x ${file}` },
  { starts: ['<!doctype html', '<html', '<head', '<body'], is: 'a web page', advise: download },
  { starts: ['<?xml', '<error'], is: 'XML, as storage answers an error in', advise: download },
  { starts: ['hsqs', 'sqsh'], is: 'a SquashFS image', advise: save },
  { starts: ['#!/usr/bin/env run-singularity'], is: 'a Singularity image', advise: save },
  { starts: ['QFI\xfb', 'KDMV', 'conectix'], is: 'the disk of a virtual machine', advise: save },
  { starts: ['\x7fELF', 'MZ', '\xcf\xfa\xed\xfe'], is: 'a program', advise: save },
  { starts: ['!<arch>\n'], is: 'an ar archive, such as a Debian package', advise: save },
  { starts: ['GGUF'], is: 'the weights of a model', advise: save },
  { starts: ['{', '['], is: 'JSON', advise: save },
]

/** Says what bytes are that should begin a tar, and what to do: "a zip file; unpack it first: unzip app.tar". */
export function describeBytes(start: Buffer, name: string): string {
  // A text of Windows begins with the mark of UTF-8.
  const text = start.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  const words = text.trimStart().toLowerCase()
  const kind = kinds.find(({ starts }) =>
    starts.some((magic) => text.startsWith(magic) || words.startsWith(magic)),
  )
  // A name is shown as a word of a command only where it is one.
  const file = basename(name)
  if (kind) return `${kind.is}; ${kind.advise(/^[\w+@%][\w.+@%-]*$/.test(file) ? file : 'FILE')}`
  return `${isText(start) ? 'text' : 'other bytes'}; ${save()}`
}

const isText = (bytes: Buffer) => bytes.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0d].includes(byte))
