import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeCsv } from '../../../actions/billing-report/report/csv-text.ts'
import { escapeHtml } from '../../../actions/billing-report/report/html-text.ts'
import { renderBars } from '../../../actions/billing-report/report/page/chart.ts'

const hostile = [
  "=cmd|'/c calc'!A0",
  "'=1",
  "''=1",
  "'",
  '+1+1',
  '-1',
  '@SUM(1)',
  '\t=1',
  '\r=1',
  '"=1',
  'a"b,c\nd',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</style></svg><script>',
  ']]><!-- &lt; {value} {a|b}',
  'a\nb\u202ec\u0000',
]

const read = (cell: string) => {
  const [[text = ''] = []] = parse(`x,${cell},x`, { from_line: 1 }).map((row: string[]) => [row[1] ?? ''])
  return text.startsWith("'") ? text.slice(1) : text
}

describe('a text in CSV', () => {
  it.each(hostile)('is read back as it was: %j', (text) => {
    expect(read(escapeCsv(text))).toBe(text)
    expect(escapeCsv(text)).not.toMatch(/^"?[=+\-@\t\r]/)
  })

  it('is read back as it was, whatever it is', () => {
    const piece = fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', 'a')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const text = pieces.join('')
        expect(read(escapeCsv(text))).toBe(text)
      }),
    )
  })
})

describe('a text in HTML', () => {
  it.each(hostile)('acts nowhere: %j', (text) => {
    expect(escapeHtml(text)).not.toMatch(/[<>"\p{Cc}\u202a-\u202e]|&(?!amp;|lt;|gt;|quot;)/u)
  })
})

describe('a text in a chart', () => {
  it.each(hostile)('acts nowhere: %j', (name) => {
    const draw = (bar: string) => renderBars([{ name: bar, value: 1, label: bar }], bar)
    const elements = (svg: string) => [...svg.matchAll(/<\/?([a-zA-Z!]+)/g)].map(([, element]) => element)
    const svg = draw(name)
    expect(new Set(elements(svg))).toEqual(new Set(elements(draw('plain'))))
    for (const text of ['\u202e', '\u0000']) expect(svg).not.toContain(text)
  })
})
