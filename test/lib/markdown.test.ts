import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  code,
  codeBlock,
  escapeMarkdown,
  fitBytes,
  fold,
  foldList,
  foldTable,
  insertSecond,
  md,
  renderBytes,
  renderList,
  renderSeconds,
  renderTable,
} from '../../lib/markdown.ts'
import { visible } from '../../lib/visible.ts'

const hostile = [
  '[x](javascript:alert(1))',
  '![x](http://127.0.0.1:9/t.png)',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '&lt;b&gt; &#60;',
  '@octocat and a@b.example',
  'see #1 and owner/repo#2 and GH-3',
  'https://evil.example/ www.evil.example mailto:a@b',
  '**b** _i_ ~~s~~ `c` $x$ :tada:',
  '# heading',
  '> quote',
  '- item',
  '+ item',
  '1. item',
  '12) item',
  '---',
  '=== ',
  '    indented',
  '```\nfence',
  '[^1]: note',
  'a|b\\|c',
  'a\nb\r\n::set-output name=a::b',
  '\u202eevil',
  '\\`x\\`',
]

/** Reads escaped text as GitHub shows it: no entity, no backslash before punctuation, no space without width. */
const read = (markdown: string) =>
  markdown
    .replaceAll('&#8203;', '')
    .replaceAll('&#32;', ' ')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&vert;', '|')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

// What acts in a line of Markdown, or in what GitHub makes of its text afterwards.
const active = [
  /(?<!\\)(\\\\)*[`*_[\]~$]/,
  /[<>|\n]/,
  /^(\s|#|\+|-|=|\d+[.)](\s|$))/,
  /&(?!amp;|lt;|gt;|vert;|#32;|#8203;)/,
  /:\/\/|@(?!&#8203;)\S|#(?!8203;|32;)\d|www\.|\bGH-\d/i,
]

describe('text in Markdown', () => {
  it.each(hostile)('shows %j, and does nothing', (text) => {
    const escaped = escapeMarkdown(text)
    expect(read(escaped)).toBe(visible(text).replace(/^\s+/, (start) => ' '.repeat(start.length)))
    for (const pattern of active) expect(escaped).not.toMatch(pattern)
  })

  it('shows any text, and does nothing', () => {
    const piece = fc.constantFrom(...hostile.flatMap((text) => [...text, text]))
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const text = pieces.join('')
        const escaped = escapeMarkdown(text)
        expect(read(escaped).trimStart()).toBe(visible(text).trimStart())
        for (const pattern of active) expect(escaped).not.toMatch(pattern)
      }),
    )
  })

  it('leaves names as they are', () => {
    for (const name of ['ddn-ecs-service', 'sha256:0a1b', 'arn:aws:ecs:x', 'v1.2', '한국어', 'a (b) c!'])
      expect(escapeMarkdown(name)).toBe(name)
  })
})

describe('a template of Markdown', () => {
  it('lets its own text act, and no value', () => {
    expect(md`## ${'*a*'}: **${1}** ${md`_own_`}`.markdown).toBe('## \\*a\\*: **1** _own_')
  })

  it('renders lists and tables of values', () => {
    expect(renderList(['# a', md`**b**`]).markdown).toBe('- \\# a\n- **b**')
    expect(
      renderTable(
        ['name', 'size'],
        [
          ['a|b', '1'],
          [code('x|y'), md`**all**`],
        ],
        { right: ['size'] },
      ).markdown,
    ).toBe('| name | size |\n| --- | ---: |\n| a&vert;b | 1 |\n| `x\\|y` | **all** |')
  })

  it.each([
    ['plain @x #1 <b>', '`plain @x #1 <b>`'],
    ['a`b``c', '```a`b``c```'],
    ['`a', '`` `a ``'],
    ['a\n\n# b', '`a\\n\\n# b`'],
    ['', ''],
  ])('writes %j as code', (text, markdown) => {
    expect(code(text).markdown).toBe(markdown)
  })

  it('writes a block of code that nothing in it ends', () => {
    expect(codeBlock('sh', 'a\n```\nb').markdown).toBe('````sh\na\n```\nb\n````')
  })
})

describe('quantities', () => {
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
    expect([4.21, 59.4, 59.97, 119.7, 190].map(renderSeconds)).toEqual([
      ...['4.2 s', '59.4 s', '1 min 0 s', '2 min 0 s', '3 min 10 s'],
    ])
  })
})

describe('what is folded', () => {
  it('stands behind one line of HTML, in which nothing acts, and is Markdown after an empty line', () => {
    const { markdown } = fold('a_b </summary><b> @team #1 https://x', md`**c**`)
    expect(markdown).toBe(
      '<details><summary>a_b &lt;/summary&gt;&lt;b&gt; @&#8203;team #&#8203;1 https:&#8203;//x</summary>\n\n**c**\n\n</details>',
    )
  })

  it('is a table of more than ten rows, and a list of more than ten items', () => {
    const rows = Array.from({ length: 11 }, () => ['x'])
    const table = renderTable(['a'], rows, { right: ['a'] })
    expect(foldTable('things', ['a'], rows, { right: ['a'] })).toEqual(fold('11 things', table))
    expect(foldList('Done', Array(11).fill('x')).markdown).toMatch(/<summary>Done: 11<\/summary>\n\n- x\n/)
    expect(foldList('Done', ['x']).markdown).toBe('**Done**\n\n- x')
    expect(foldTable('things', ['a'], rows.slice(1))).toEqual(renderTable(['a'], rows.slice(1)))
  })
})

it('puts a block below the heading', () => {
  const line = md`line`
  expect(insertSecond(md`## a`, line).markdown).toBe('## a\n\nline')
  expect(insertSecond({ markdown: '## a\n\nb\n\nc' }, line).markdown).toBe('## a\n\nline\n\nb\n\nc')
})
