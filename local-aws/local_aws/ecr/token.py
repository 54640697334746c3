"""Tokens of the registry: they name account and region, are signed, and expire.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack.core.iam_evaluator import caller_arn
from ministack.core.responses import get_account_id, get_region

_LIFETIME_SECONDS = 12 * 3600
_lifetimes: dict[str, int] = {}


@dataclass(frozen=True)
class Token:
    """Whose registry a token opens, until when (seconds since 1970), and for whom (an ARN)."""

    account: str
    region: str
    expires: int
    caller: str


def set_lifetime(data: dict[str, Any]) -> None:
    """Sets how long the tokens of the account last from now on."""
    _lifetimes[get_account_id()] = int(data["seconds"])


def _key() -> bytes:
    # In the folder for state: a token outlives a restart, as on AWS.
    path = Path(os.environ["STATE_DIR"]) / "registry-token.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


def _sign(payload: bytes) -> str:
    return hmac.new(_key(), payload, hashlib.sha256).hexdigest()


def issue_token() -> tuple[str, int]:
    """Creates a token of the request's account and region; returns it and its expiry."""
    account = get_account_id()
    expires = int(time.time()) + _lifetimes.get(account, _LIFETIME_SECONDS)
    payload = base64.b64encode(json.dumps([account, get_region(), expires, caller_arn()]).encode())
    return base64.b64encode(b"AWS:" + payload + b"." + _sign(payload).encode()).decode(), expires


def read_token(authorization: str) -> Token | None:
    """Reads an Authorization header; None where it holds no token of ours."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        payload, _, signature = base64.b64decode(encoded).removeprefix(b"AWS:").partition(b".")
        if scheme.lower() != "basic" or not hmac.compare_digest(_sign(payload), signature.decode()):
            return None
        return Token(*json.loads(base64.b64decode(payload)))
    except ValueError:
        return None
