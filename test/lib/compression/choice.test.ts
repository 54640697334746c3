import { describe, expect, it } from 'vitest'
import { compressionAfter, parseCompressionChoice } from '../../../lib/compression/choice.ts'

describe('parseCompressionChoice', () => {
  it.each([
    ['gzip', undefined, { compression: 'gzip', level: 'fast' }],
    ['gzip', 'fast', { compression: 'gzip', level: 'fast' }],
    ['gzip', '9', { compression: 'gzip', level: 9 }],
    ['gzip', '1', { compression: 'gzip', level: 1 }],
    ['gzip', '09', { compression: 'gzip', level: 9 }],
    ['zstd', undefined, { compression: 'zstd', level: 1 }],
    ['zstd', '19', { compression: 'zstd', level: 19 }],
    ['none', undefined, { compression: 'none' }],
  ])('takes %s at level %s', (compression, level, expected) => {
    expect(parseCompressionChoice(compression, level)).toEqual(expected)
  })

  it.each([
    ['brotli', undefined, 'compression: expected one of gzip, zstd, none, got "brotli"'],
    ['gzip', '10', 'compression-level: expected fast or 1 to 9 for gzip, got "10"'],
    ['gzip', '0', 'compression-level: expected fast or 1 to 9 for gzip, got "0"'],
    ['gzip', 'x1', 'compression-level: expected fast or 1 to 9 for gzip, got "x1"'],
    ['gzip', '1x', 'compression-level: expected fast or 1 to 9 for gzip, got "1x"'],
    ['gzip', '1.5', 'compression-level: expected fast or 1 to 9 for gzip, got "1.5"'],
    ['zstd', '20', 'compression-level: expected 1 to 19 for zstd, got "20"'],
    ['zstd', 'fast', 'compression-level: expected 1 to 19 for zstd, got "fast"'],
    ['none', '1', 'compression-level: expected no level with compression "none", got "1"'],
  ])('refuses %s at level %s', (compression, level, message) => {
    expect(() => parseCompressionChoice(compression, level)).toThrow(message)
  })
})

describe('compressionAfter', () => {
  const choice = { compression: 'zstd', level: 1 } as const
  const descriptor = { mediaType: '', digest: 'sha256:a', size: 1 }

  it('is the one that is chosen only for a layer that is neither compressed nor described', () => {
    expect(compressionAfter({ compression: 'none' }, choice)).toBe('zstd')
    expect(compressionAfter({ compression: 'none', descriptor }, choice)).toBe('none')
    expect(compressionAfter({ compression: 'gzip' }, choice)).toBe('gzip')
    expect(compressionAfter({ compression: 'gzip', descriptor }, choice)).toBe('gzip')
  })
})
