"""Draws job summaries as SVG, about as GitHub shows them: `summary_picture.py SUMMARY.md PICTURE.svg …`.

A picture is small: folded parts are closed, and what is longer than a screen is cut off at the bottom. No
browser measures the text: the widths are about those of Helvetica, with some room.
"""

import sys
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from re import search, sub
from string import ascii_uppercase

from markdown_it import MarkdownIt
from markdown_it.token import Token

WIDTH, MARGIN, TALLEST = 920, 20, 420
LINE, PAD = 20, 12
CODE_WIDTH = 7.3
WIDTHS = {
    **dict.fromkeys(ascii_uppercase, 9.6),
    **dict.fromkeys("ijltfrI.,:;|'/()[] -", 4.6),
    **dict.fromkeys("MWmw@%…→", 11.5),
}

STYLE = """
text { font: 14px -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; white-space: pre }
.strong { font-weight: 600 } .code { font: 12px ui-monospace, Menlo, Consolas, monospace }
.h2 { font-size: 21px; font-weight: 600 } .h3 { font-size: 17px; font-weight: 600 } .link { fill: #0969da }
.page { fill: #ffffff; stroke: #d1d9e0 } .box { fill: #f6f8fa } .rule { stroke: #d1d9e0 }
.from { stop-color: #ffffff; stop-opacity: 0 } .to { stop-color: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .link { fill: #4493f8 } .box { fill: #151b23 }
  .page { fill: #0d1117; stroke: #3d444d } .rule { stroke: #3d444d }
  .from { stop-color: #0d1117 } .to { stop-color: #0d1117 }
}
"""

Run = tuple[str, str]  # the class of a text, and the text


@dataclass
class Drawing:
    y: float = MARGIN
    parts: list[str] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return self.y > TALLEST

    def text(self, x: float, y: float, runs: list[Run], *, end: bool = False) -> None:
        spans = "".join(
            f'<tspan class="{kind}">{escape(text)}</tspan>' if kind else escape(text) for kind, text in runs
        )
        anchor = ' text-anchor="end"' if end else ""
        self.parts.append(f'<text x="{x:.0f}" y="{y:.0f}"{anchor}>{spans}</text>')

    def rule(self, y: float, width: float = WIDTH - 2 * MARGIN) -> None:
        self.parts.append(f'<path class="rule" d="M{MARGIN} {y + 0.5:.1f}h{width:.0f}"/>')

    def box(self, y: float, height: float, width: float = WIDTH - 2 * MARGIN) -> None:
        self.parts.append(
            f'<rect class="box" x="{MARGIN}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}"/>'
        )


def width_of(kind: str, text: str) -> float:
    """The width of a text in pixels, by the classes of its characters."""
    if "code" in kind:
        return CODE_WIDTH * len(text)
    return {"h2": 1.55, "h3": 1.25, "strong": 1.07}.get(kind, 1) * sum(WIDTHS.get(c, 8.3) for c in text)


def width_of_line(runs: list[Run]) -> float:
    return sum(width_of(kind, text) for kind, text in runs)


def width_of_word(runs: list[Run]) -> float:
    return max((width_of(kind, word) for kind, text in runs for word in text.split()), default=0)


def runs_of(inline: Token) -> list[Run]:
    """The texts of a line with their classes; a break is the text of a line feed."""
    runs: list[Run] = []
    kind = ""
    for child in inline.children or []:
        if child.type in ("strong_open", "link_open"):
            kind = "link" if child.type == "link_open" else "strong"
        elif child.type in ("strong_close", "link_close"):
            kind = ""
        elif child.type == "hardbreak" or child.content == "<br>":
            runs.append(("", "\n"))
        elif child.type == "softbreak":
            runs.append((kind, " "))
        elif child.type in ("text", "code_inline"):
            runs.append(
                ("code" if child.type == "code_inline" else kind, child.content.replace("\u200b", ""))
            )
    return runs


def wrap(runs: list[Run], width: float) -> list[list[Run]]:
    """Divides texts into lines of at most this width, at blanks."""
    lines: list[list[Run]] = [[]]
    used = 0.0
    for kind, text in runs:
        for word in sub(r"(?<= )(?=\S)|(?<=\n)|(?=\n)", "\0", text).split("\0"):
            if word == "\n" or (used > 0 and used + width_of(kind, word.rstrip()) > width + 0.5):
                lines.append([])
                used = 0.0
            if word not in ("", "\n"):
                before = lines[-1].pop() if lines[-1] and lines[-1][-1][0] == kind else (kind, "")
                lines[-1].append((kind, before[1] + word))
                used += width_of(kind, word)
    return lines


def draw_lines(drawing: Drawing, runs: list[Run], indent: float = 0) -> None:
    for line in wrap(runs, WIDTH - 2 * MARGIN - indent):
        drawing.text(MARGIN + indent, drawing.y + 15, line)
        drawing.y += LINE


def draw_heading(drawing: Drawing, runs: list[Run], tag: str) -> None:
    drawing.text(MARGIN, drawing.y + 20, [(f"{tag} {kind}".strip(), text) for kind, text in runs])
    drawing.y += 30
    if tag == "h2":
        drawing.rule(drawing.y)
        drawing.y += PAD


def draw_code(drawing: Drawing, language: str, code: str) -> None:
    lines = ["(a chart)"] if language == "mermaid" else code.rstrip("\n").split("\n")
    most = int((WIDTH - 2 * MARGIN - 2 * PAD) / CODE_WIDTH)
    drawing.box(drawing.y, len(lines) * LINE + PAD)
    for line in lines:
        shown = line if len(line) <= most else line[: most - 1] + "…"
        drawing.text(MARGIN + PAD, drawing.y + 20, [("code", shown)])
        drawing.y += LINE
    drawing.y += 2 * PAD


Row = list[tuple[list[Run], bool]]  # a cell's texts, and whether it is aligned right


def fit_columns(rows: list[Row]) -> list[float]:
    """The widths of the columns: as wide as their widest cell, or less where the page is too narrow."""
    columns = [[runs for runs, _ in column] for column in zip(*rows, strict=True)]
    widths = [max(width_of_line(runs) for runs in column) + 2 * PAD for column in columns]
    least = [max(width_of_word(runs) for runs in column) + 2 * PAD for column in columns]
    while sum(widths) > WIDTH - 2 * MARGIN:
        widest = max(range(len(widths)), key=lambda at: widths[at] if widths[at] > least[at] else 0)
        if widths[widest] <= least[widest]:
            break
        widths[widest] = max(least[widest], widths[widest] - 10)
    return widths


def draw_table(drawing: Drawing, rows: list[Row]) -> None:
    widths = fit_columns(rows)
    drawing.rule(drawing.y, sum(widths))
    for at, row in enumerate(rows):
        if drawing.is_full:
            return
        cells = [wrap(runs, width - 2 * PAD) for (runs, _), width in zip(row, widths, strict=True)]
        height = max(len(lines) for lines in cells) * LINE + 10
        if at > 0 and at % 2 == 0:
            drawing.box(drawing.y + 1, height - 1, sum(widths))
        x = float(MARGIN)
        for lines, (_, right), width in zip(cells, row, widths, strict=True):
            for number, line in enumerate(lines):
                place = x + width - PAD if right else x + PAD
                drawing.text(place, drawing.y + 20 + number * LINE, line, end=right)
            x += width
        drawing.y += height
        drawing.rule(drawing.y, sum(widths))
    drawing.y += 16


def read_rows(tokens: list[Token]) -> list[Row]:
    rows: list[Row] = []
    for token, inline in zip(tokens, tokens[1:], strict=False):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            runs = [("strong" if token.tag == "th" else kind, text) for kind, text in runs_of(inline)]
            rows[-1].append((runs, "right" in str(token.attrGet("style"))))
    return rows


def draw_blocks(drawing: Drawing, tokens: list[Token]) -> None:
    folded = False
    indent = 0
    for at, token in enumerate(tokens):
        if drawing.is_full:
            return
        if token.type == "html_block":
            folded = "</details>" not in token.content
            summary = search("<summary>(.*)</summary>", token.content)
            if summary:
                inline = MarkdownIt("commonmark").parseInline(summary[1])[0]
                draw_lines(drawing, [("", "▸ "), *runs_of(inline)])
                drawing.y += PAD
        elif folded:
            continue
        elif token.type == "heading_open":
            draw_heading(drawing, runs_of(tokens[at + 1]), token.tag)
        elif token.type == "fence":
            draw_code(drawing, token.info, token.content)
        elif token.type == "table_open":
            draw_table(drawing, read_rows(tokens[at : next_of(tokens, at, "table_close")]))
        elif token.type in ("bullet_list_open", "bullet_list_close"):
            indent = 16 if token.type == "bullet_list_open" else 0
            drawing.y += 0 if indent else PAD
        elif token.type == "paragraph_open":
            if indent:
                drawing.text(MARGIN, drawing.y + 15, [("", "•")])
            draw_lines(drawing, runs_of(tokens[at + 1]), indent)
            drawing.y += 0 if indent else PAD


def next_of(tokens: list[Token], start: int, kind: str) -> int:
    return next(at for at in range(start, len(tokens)) if tokens[at].type == kind)


def draw(markdown: str) -> str:
    """Draws a summary in Markdown as SVG."""
    drawing = Drawing()
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    draw_blocks(drawing, tokens)
    title = next((token.content for token in tokens if token.type == "inline"), "")
    height = min(drawing.y + MARGIN - PAD, TALLEST + LINE)
    size = f'width="{WIDTH}" height="{height:.0f}"'
    fade = f'<rect fill="url(#fade)" x="1" y="{height - 60:.0f}" width="{WIDTH - 2}" height="59"/>'
    stops = '<stop class="from"/><stop class="to" offset="1"/>'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDTH} {height:.0f}">',
            f"<title>{escape(title)}</title><style>{STYLE}</style>",
            f'<defs><linearGradient id="fade" x2="0" y2="1">{stops}</linearGradient></defs>',
            f'<rect class="page" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1:.0f}" rx="6"/>',
            *drawing.parts,
            *([fade] if drawing.is_full else []),
            "</svg>",
            "",
        ]
    )


if __name__ == "__main__":
    for summary, picture in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        Path(picture).write_text(draw(Path(summary).read_text()))
