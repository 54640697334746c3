"""Accounts and regions of the local AWS: the page shows all of them, and needs no credentials."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ministack.core.responses import request_scope
from ministack.services import athena, cloudformation, ecr, ecs


@dataclass(frozen=True, order=True)
class Place:
    """An account and a region."""

    account: str
    region: str


def list_places() -> list[Place]:
    """Lists the accounts and regions that hold something that the page shows."""
    stores = (cloudformation._stacks, ecs._services, ecr._repositories, athena._executions)
    return sorted({Place(key[0], key[1]) for store in stores for key, _ in store.all_items()})


@contextmanager
def inside(place: Place) -> Iterator[None]:
    """Makes ministack's stores those of an account and region."""
    with request_scope(place.account, place.region):
        yield
