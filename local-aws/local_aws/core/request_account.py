"""The account and region of a request that carries no signature."""

from ministack.core import responses


def enter(account: str, region: str) -> None:
    """Takes the account and region for the rest of this request: each request has a context of its own."""
    responses._request_account_id.set(account)
    responses._request_region.set(region)
