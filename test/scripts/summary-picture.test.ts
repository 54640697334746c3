import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { python, root } from '../../scripts/local-aws-process.ts'

/** Draws summaries; all at once, since the start of Python takes longer than a drawing. */
function draw(...summaries: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'))
  const pairs = summaries.map((text, at) => {
    const summary = join(folder, `${at}.md`)
    writeFileSync(summary, text)
    return [summary, join(folder, `${at}.svg`)] as const
  })
  execFileSync(python, [join(root, 'scripts/demo/summary_picture.py'), ...pairs.flat()])
  return pairs.map(([, picture]) => readFileSync(picture, 'utf8'))
}

const textsOf = (svg: string) =>
  [...svg.matchAll(/<text[^>]*>(.*)<\/text>/g)].map(([, text = '']) =>
    text.replaceAll(/<\/?tspan[^>]*>/g, ''),
  )
const heightOf = (svg: string) => Number(/height="(\d+)"/.exec(svg)?.[1])

const summary = `## Stacks: &lt;changed&gt;

Total: **26,978 KRW**, a\\_b \`x < y\`.

| stack | changes |
| --- | ---: |
| ddn-api | 1<br>more |

<details><summary>ddn-service: 2 changes</summary>

hidden

</details>

- one & two
- three

\`\`\`sh
docker pull ddn
\`\`\`

\`\`\`mermaid
gantt
\`\`\`
`
const rows = Array.from({ length: 200 }, (_, at) => `| ddn-${at} | created |`)
const [picture = '', long = '', wide = '', broad = ''] = draw(
  summary,
  ['| stack | result |', '| --- | --- |', ...rows].join('\n'),
  'word '.repeat(100),
  ['| a | b |', '| --- | --- |', `| ${'word '.repeat(60)} | ${'other '.repeat(3)} |`].join('\n'),
)

it('draws what GitHub would show: folded parts closed, markup as marks, text as text', () => {
  expect(textsOf(picture)).toEqual([
    ...[
      'Stacks: &lt;changed&gt;',
      'Total: 26,978 KRW, a_b x &lt; y.',
      'stack',
      'changes',
      'ddn-api',
      '1',
      'more',
    ],
    ...['▸ ddn-service: 2 changes', '•', 'one &amp; two', '•', 'three', 'docker pull ddn', '(a chart)'],
  ])
  expect(picture).toContain('<tspan class="strong">26,978 KRW</tspan>')
  expect(picture).toMatch(/text-anchor="end"><tspan class="strong">changes/)
})

it('cuts what is longer than a screen', () => {
  expect(heightOf(picture)).toBeLessThan(430)
  expect(heightOf(long)).toBeLessThan(450)
  expect(textsOf(long).length).toBeLessThan(40)
  expect([picture, long].map((svg) => svg.includes('url(#fade)'))).toEqual([false, true])
})

it('breaks lines and cells that are wider than the page', () => {
  expect(textsOf(wide).length).toBeGreaterThan(3)
  expect(textsOf(broad).filter((text) => text.startsWith('word')).length).toBeGreaterThan(2)
  for (const text of [...textsOf(wide), ...textsOf(broad)]) expect(text.length).toBeLessThan(135)
})
