"""Requests as the server gives them: their bodies, and the account of those that carry no signature."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses


async def read_body(receive: Any) -> bytes:
    """Reads a small body."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


def enter_account_of(store: Any, matches: Callable[[Any], bool]) -> Any:
    """Finds a record of any account; the rest of this request, which has a context of its own, is in it."""
    for (account, region, _), record in list(store.all_items()):
        if matches(record):
            responses._request_account_id.set(account)
            responses._request_region.set(region)
            return record
    return None
