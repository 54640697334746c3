import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { writeTemporary } from '../../fixtures/archive.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const text = (content: string) => Buffer.from(content)
const noise = deflateRawSync(text('compressed once, whatever it was before'))

describe('a file that is no tar', () => {
  it.each<[string, Buffer, string]>([
    [
      'git-lfs',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 1\n'),
      'got a git-lfs pointer, not the file itself; run git lfs pull, or set lfs: true for actions/checkout',
    ],
    ['xz', bytes('fd377a585a000004'), 'got a file compressed with xz; decompress it first: xz -d app.tar'],
    ['bzip2', text('BZh91AY&SY'), 'got a file compressed with bzip2; decompress it first: bzip2 -d app.tar'],
    ['lz4', bytes('04224d18644070'), 'got a file compressed with lz4; decompress it first: lz4 -d app.tar'],
    ['lzma', bytes('5d00008000ff'), 'got a file compressed with lzma'],
    [
      'zip',
      bytes('504b0304140000'),
      'got a zip file, as GitHub keeps artifacts; unpack it first: unzip app.tar',
    ],
    ['a page', text('\n<!DOCTYPE html><html>404'), 'got a web page; look at what it says, and download'],
    ['a page of Windows', text('\ufeff<html>'), 'got a web page'],
    ['a model', text('GGUF\x03'), 'got the weights of a model; docker save and skopeo copy write'],
    ['XML', text('<?xml version="1.0"?><Error/>'), 'got XML, as storage answers an error in'],
    ['JSON', text('{"message": "Not Found"}'), 'got JSON; docker save and skopeo copy write an archive'],
    ['SquashFS', text('hsqs....'), 'got a SquashFS image'],
    ['a program', bytes('7f454c46020101'), 'got a program'],
    ['a Debian package', text('!<arch>\ndebian-binary'), 'got an ar archive, such as a Debian package'],
    ['text', text('hello, this is no tar\n'.repeat(50)), 'got text; docker save and skopeo copy write'],
    [
      'other bytes',
      Buffer.concat([bytes('0001'), noise]),
      'got other bytes; docker save and skopeo copy write',
    ],
    ['compressed twice', gzipSync(gzipSync('x')), 'got a file that is compressed twice; decompress it once'],
    ['compressed text', gzipSync('hello'), 'got text'],
  ])('is told by its first bytes: %s', async (_, content, sentence) => {
    await expect(openForTest(writeTemporary(content))).rejects.toThrow(
      `app.tar: expected an image archive, ${sentence}`,
    )
  })

  it('is a word of a command only where its name is one', async () => {
    const path = writeTemporary(bytes('fd377a585a000004'), '$(id).tar')
    await expect(openForTest(path)).rejects.toThrow(/: xz -d FILE$/)
  })
})
