import { describe, expect, it } from 'vitest'
import { escapeCell, fitBytes, renderBytes, renderSeconds, renderTable } from '../../lib/markdown.ts'

describe('markdown', () => {
  it('escapes what would end a cell or start markup', () => {
    expect(escapeCell('a|b\n<c>`d`')).toBe('a\\|b<br>&lt;c>\\`d\\`')
  })

  it('renders a table with columns aligned right', () => {
    expect(renderTable(['name', 'size'], [['a', '1']], { right: ['size'] })).toBe(
      '| name | size |\n| --- | ---: |\n| a | 1 |',
    )
  })

  it('cuts a summary at a line and says so', () => {
    const cut = fitBytes('line\n'.repeat(100), 200)
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(200)
    expect(cut).toContain('Cut to fit')
    expect(cut.split('\n').filter((line) => line !== '' && line !== 'line')).toHaveLength(1)
  })

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [3.5 * 1024 ** 3, '3.5 GiB'],
  ])('renders %d bytes as %s', (bytes, text) => {
    expect(renderBytes(bytes)).toBe(text)
  })

  it('renders seconds and minutes', () => {
    expect([renderSeconds(4.21), renderSeconds(190)]).toEqual(['4.2 s', '3 min 10 s'])
  })
})
