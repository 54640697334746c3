"""Queries of Athena on the page: the last ones, and one with its SQL and its first rows."""

from typing import Any

from ministack.services import athena

from local_aws.page.html import Column, Content, Html, element, section, status, table
from local_aws.page.scope import Place, link
from local_aws.page.time import render_bytes, render_time

_QUERIES = 50
_ROWS = 50


def show_queries(place: Place) -> Html:
    """Shows the last queries of an account and region, the newest first."""
    rows = [
        (
            link(place, "query", _start_of(query["Query"]), id=key),
            status(query["Status"]["State"]),
            query["WorkGroup"],
            render_bytes(query["Statistics"]["DataScannedInBytes"]),
            render_time(query["Status"]["SubmissionDateTime"]),
        )
        for key, query in reversed(list(athena._executions.items())[-_QUERIES:])
    ]
    columns = (Column("Query", "long"), "State", "Workgroup", Column("Scanned", "number"), "Submitted (UTC)")
    return section("Queries", table(columns, rows, "No query."), level=3)


def _start_of(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89]}…"


def show_query(key: str) -> Content:
    """Shows one query; returns None for an unknown id."""
    query = athena._executions.get(key)
    if query is None:
        return None
    state = query["Status"]
    return [
        element("p", status(state["State"]), " ", state.get("StateChangeReason") or ""),
        element("pre", query["Query"], tabindex="0"),
        section("Result", _result(query)),
    ]


def _result(query: dict[str, Any]) -> Content:
    results = query.get("_results") or {"columns": ["result"], "rows": []}
    shown = results["rows"][:_ROWS]
    rows = [tuple("NULL" if cell is None else str(cell) for cell in row) for row in shown]
    size = f"{len(results['rows'])} rows, {render_bytes(query['Statistics']['DataScannedInBytes'])} scanned"
    return [
        element("p", f"{size}, in {query['ResultConfiguration']['OutputLocation']}", class_="soft"),
        table(tuple(str(name) for name in results["columns"]), rows, "No row."),
    ]
