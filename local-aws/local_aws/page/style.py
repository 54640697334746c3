"""How the page at `/_local/` looks, in light and dark, and the lines of script that keep it up to date."""

STYLE = """
:root { color-scheme: light dark; --back: #fff; --text: #1c2126; --soft: #59636e; --line: #d5dae0;
  --panel: #f5f7f9; --link: #0b57c4; --good: #12652f; --busy: #7a4b00; --bad: #b01c1c; }
@media (prefers-color-scheme: dark) { :root { --back: #14181d; --text: #e4e8ec; --soft: #9ba6b2;
  --line: #333b45; --panel: #1c2229; --link: #7db4ff; --good: #6fce8d; --busy: #e3b45c; --bad: #ff8f87; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
header { display: flex; justify-content: space-between; align-items: center; padding: .6rem 1.5rem;
  border-bottom: 1px solid var(--line); background: var(--panel); }
header a { color: inherit; font-weight: 600; text-decoration: none; }
header p { margin: 0; color: var(--soft); font-size: 13px; }
header p::before { content: "● "; color: var(--good); }
header p.lost::before { color: var(--bad); }
main { max-width: 75rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 1.8rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .5rem; }
.account { margin-top: 2.2rem; border-top: 2px solid var(--line); }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem; border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; background: var(--panel); white-space: nowrap; }
td { white-space: nowrap; }
.long { min-width: 15rem; white-space: normal; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.status { font-weight: 600; font-size: 13px; overflow-wrap: normal; }
.good { color: var(--good); } .busy { color: var(--busy); } .bad { color: var(--bad); }
.nothing, .soft { color: var(--soft); }
.warning { border-left: 4px solid var(--bad); background: var(--panel); padding: .6rem 1rem; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem;
  overflow-x: auto; font: 13px/1.45 ui-monospace, "SF Mono", Menlo, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; }
code { font: 13px ui-monospace, "SF Mono", Menlo, monospace; }
"""

SCRIPT = """
const live = document.querySelector('#live')
async function refresh() {
  try {
    const text = await (await fetch(location.href)).text()
    const next = new DOMParser().parseFromString(text, 'text/html').querySelector('main')
    const main = document.querySelector('main')
    if (next && next.innerHTML !== main.innerHTML) main.innerHTML = next.innerHTML
    if (live.className) { live.className = ''; live.textContent = 'live' }
  } catch {
    live.className = 'lost'
    live.textContent = 'the local AWS does not answer'
  }
  setTimeout(refresh, 2000)
}
setTimeout(refresh, 2000)
"""
