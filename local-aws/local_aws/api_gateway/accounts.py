"""Requests reach the HTTP APIs of every account and region.

A request to an API has no signature, so ministack would look in its default account only.
"""

from typing import Any

import ministack.app
from ministack.services import apigateway

from local_aws.core.request import enter_account_of
from local_aws.core.wrapping import Original, wrap


def _in_account_of_api(original: Original, host: str, path: str) -> Any:
    parsed = original(host, path)
    if parsed is not None:
        enter_account_of(apigateway._apis, lambda api: api["apiId"] == parsed[0])
    return parsed


def install() -> None:
    """Looks for HTTP APIs in all accounts."""
    wrap(ministack.app, "_parse_execute_api_url", _in_account_of_api)
