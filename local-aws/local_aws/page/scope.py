"""Accounts and regions of the local AWS: the page shows all of them, and needs no credentials."""

from dataclasses import dataclass
from urllib.parse import urlencode

from ministack.services import athena, cloudformation, ecr, ecs

from local_aws.page.html import Html, element


@dataclass(frozen=True, order=True)
class Place:
    """An account and a region."""

    account: str
    region: str


def list_places() -> list[Place]:
    """Lists the accounts and regions that hold something that the page shows."""
    stores = (cloudformation._stacks, ecs._services, ecr._repositories, athena._executions)
    return sorted({Place(key[0], key[1]) for store in stores for key, _ in store.all_items()})


def link(place: Place, path: str, text: str, **query: str) -> Html:
    """Links to the page of one thing of an account and region."""
    whole = urlencode({"account": place.account, "region": place.region, **query})
    return element("a", text, href=f"/_local/{path}?{whole}")
