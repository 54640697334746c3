"""Work beside the requests, on what all accounts have."""

import logging
from collections.abc import Callable
from typing import Any

from ministack.core.responses import request_scope

_log = logging.getLogger("local-aws")


def each_record(store: Any, act: Callable[[str, Any], object]) -> None:
    """Acts on each record in its account and region; a broken one does not stop it for the others."""
    for (account, region, key), record in list(store.all_items()):
        with request_scope(account, region):
            try:
                act(key, record)
            except Exception:
                _log.exception("%s", key)
