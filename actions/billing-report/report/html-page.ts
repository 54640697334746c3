import { escapeHtml } from './html-text.ts'

// One set of colours for light and one for dark; on paper always the light one.
const style = `
:root { color-scheme: light dark; --ink: #1a202c; --paper: #fff; --line: #d5dbe3; --soft: #566173; --bar: #2b6cb0; --warn: #8a4b00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --paper: #14181f; --line: #343c49; --soft: #a7b1c0; --bar: #63a4e0; --warn: #f0b565 } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1120px; margin: 0 auto; padding: 24px 16px 48px }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px } h2 { font-size: 18px; margin: 40px 0 8px }
p { margin: 4px 0 } .soft, figcaption, caption { color: var(--soft) }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px 24px; margin: 20px 0; padding: 14px 0; border-block: 1px solid var(--line) }
dt { color: var(--soft); font-size: 13px } dd { margin: 0; font-size: 18px; font-weight: 600; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
.table { overflow-x: auto } table { border-collapse: collapse; width: 100%; margin: 8px 0 }
caption { text-align: left; font-size: 13px; padding: 4px 0 }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th[scope=row] { font-weight: 400; overflow-wrap: anywhere; min-width: 11em; max-width: 24em; unicode-bidi: isolate }
td:not(.number):not(:empty) { min-width: 8em }
thead th { font-size: 13px; color: var(--soft); white-space: nowrap }
tfoot th[scope=row], tfoot td { font-weight: 600; border-top: 1px solid var(--soft) }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.mark { color: var(--warn); font-size: 12px; white-space: nowrap } .notice { border-left: 4px solid var(--warn); padding: 6px 12px; margin: 12px 0 }
figure { margin: 12px 0 } figcaption { font-size: 13px } svg { display: block; max-width: 100%; height: auto }
svg text { fill: var(--ink); stroke: none }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --line: #bbb; --soft: #444; --bar: #2b6cb0; --warn: #8a4b00 }
  @page { margin: 18mm 15mm } body { max-width: none; padding: 0; font-size: 10.5pt }
  .table { overflow: visible } thead { display: table-header-group } tfoot { display: table-row-group }
  tr, figure, dl { break-inside: avoid } h2, caption { break-after: avoid }
}
`

/** Writes a page that needs nothing from elsewhere; `body` is HTML. */
export function renderPage({ title, lang, body }: { title: string; lang: string; body: string }): string {
  return `<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>
${body}
</main></body>
</html>
`
}

/** Writes pairs of a name and a value, such as the total of a bill. */
export function renderFigures(figures: readonly (readonly [name: string, value: string])[]): string {
  const pairs = figures.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  )
  return `<dl>${pairs.join('')}</dl>`
}
