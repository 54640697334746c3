"""The address that repositories and the registry are named with."""

import os


def address() -> str:
    """The host and port that images are named with."""
    return f"127.0.0.1:{os.environ['GATEWAY_PORT']}"
