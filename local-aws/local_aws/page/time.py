"""Times and sizes as the page shows them."""

from datetime import UTC, datetime
from typing import Any


def render_time(value: Any) -> str:
    """Renders seconds since 1970, or a time in ISO form, in UTC to the second."""
    if value in (None, ""):
        return ""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return str(value)[:19].replace("T", " ")


def render_bytes(count: int) -> str:
    """Renders a number of bytes with a unit."""
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
