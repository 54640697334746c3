"""HTML for the page at `/_local/`: text is escaped where it enters, so that nothing shown can be markup."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from local_aws.page.style import SCRIPT, STYLE


class Html(str):
    """Text that is markup already."""


Content = str | Html | int | None | Iterable["Content"]


def render(content: Content) -> str:
    """Renders content; what is no markup is escaped, and None is nothing."""
    if content is None:
        return ""
    if isinstance(content, Html):
        return content
    if isinstance(content, str | int):
        return escape(str(content))
    return "".join(render(each) for each in content)


def element(tag: str, *content: Content, **attributes: str) -> Html:
    """Creates an element; `class_` is the attribute `class`."""
    pairs = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return Html(f"<{tag}{pairs}>{render(content)}</{tag}>")


def section(title: str, *content: Content, level: int = 2) -> Html:
    """Creates a part of a page with a heading of its own."""
    return element("section", element(f"h{level}", title), *content)


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and how its cells look (`number`, `long`)."""

    heading: str
    look: str = ""


def table(columns: tuple[Column | str, ...], rows: Iterable[tuple[Content, ...]], nothing: str) -> Html:
    """Creates a table, or the word `nothing` when it has no row."""
    looks = [{"class_": each.look} if isinstance(each, Column) else {} for each in columns]
    headings = [each.heading if isinstance(each, Column) else each for each in columns]
    head = [
        element("th", heading, scope="col", **look) for heading, look in zip(headings, looks, strict=True)
    ]
    body = [
        element("tr", *(element("td", cell, **look) for cell, look in zip(row, looks, strict=True)))
        for row in rows
    ]
    if not body:
        return element("p", nothing, class_="nothing")
    inner = element("table", element("thead", element("tr", *head)), element("tbody", *body))
    return element("div", inner, class_="wide", tabindex="0")


def status(text: str | None) -> Html:
    """Shows a status by its word, and by a colour for how it stands."""
    word = text or "unknown"
    good = ("COMPLETE", "COMPLETED", "RUNNING", "SUCCEEDED", "SUCCESSFUL", "ACTIVE", "HEALTHY")
    kind = "good" if word in good or (word.endswith("_COMPLETE") and "ROLLBACK" not in word) else "busy"
    if "FAILED" in word or "ROLLBACK" in word or word in ("STOPPED", "CANCELLED", "UNHEALTHY"):
        kind = "bad"
    return element("span", word, class_=f"status {kind}")


def render_page(title: str, *content: Content) -> str:
    """Renders a whole page, which keeps itself up to date."""
    head = [
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<noscript><meta http-equiv="refresh" content="5"></noscript>'),
        Html('<link rel="icon" href="data:,">'),
        element("title", f"{title} · local AWS"),
        element("style", Html(STYLE)),
    ]
    top = element(
        "header", element("a", "Local AWS", href="/_local/"), element("p", "live", id="live", role="status")
    )
    main = element("main", element("h1", title), *content)
    body = element("body", top, main, element("script", Html(SCRIPT)))
    return "<!doctype html>" + element("html", element("head", *head), body, lang="en")
