"""Where tasks listen: each at a loopback address of its own, so that real ports work side by side."""

import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from random import randrange

from local_aws.core.settings import free_port


@dataclass(frozen=True)
class Address:
    """Where a task listens: its own loopback address, and container port to real port."""

    host: str
    ports: Mapping[int, int]


def choose_address(container_ports: list[int]) -> Address:
    """Assigns each task a loopback address of its own, or free ports if only 127.0.0.1 exists."""
    if sys.platform != "linux":
        return Address("127.0.0.1", {port: free_port(0) for port in container_ports})
    while True:
        # At random, since other local AWSs on this machine choose theirs in the same range.
        host = f"127.{randrange(64, 192)}.{randrange(256)}.{randrange(1, 255)}"
        if all(_is_free(host, port) for port in container_ports):
            return Address(host, {port: port for port in container_ports})


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
