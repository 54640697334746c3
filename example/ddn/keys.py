"""Keys of objects: whose they are, and where a result lies."""

import re

from ddn.refusal import RefusalError

_USER = re.compile(r"(?!(?:\.{1,2}|-)$)[A-Za-z0-9._@-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_LONGEST_BYTES = 1024
_ERROR = ".error.json"


def check_key(user: str | None, key: object) -> str:
    """Returns the key if the user whom the API named may use it; without a user nothing is open."""
    if user is None or not _USER.fullmatch(user):
        raise RefusalError(403, "no-user", "x-ddn-user: expected the user whom the API authorized, got none")
    if not isinstance(key, str) or not key:
        raise RefusalError(400, "bad-file", 'body: expected {"file": KEY}, the key of an uploaded image')
    if not key.startswith(f"{user}/"):
        raise RefusalError(403, "foreign-file", f'file: expected a key below "{user}/", got another')
    if any(part in ("", ".", "..") for part in key.split("/")) or _CONTROL.search(key):
        raise RefusalError(400, "bad-file", 'file: expected a key without "..", "//" or control characters')
    if len((result_key(key) + _ERROR).encode()) > _LONGEST_BYTES:
        raise RefusalError(
            400, "bad-file", f"file: expected a result's key of at most {_LONGEST_BYTES} bytes"
        )
    return key


def result_key(key: str) -> str:
    """Returns where the result of an image lies: two images never share one."""
    return key if key.endswith(".png") else f"{key}.png"


def error_key(key: str) -> str:
    """Returns where the caller finds why there will be no result."""
    return result_key(key) + _ERROR
