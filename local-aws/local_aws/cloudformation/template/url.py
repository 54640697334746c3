"""Finds the template behind a TemplateURL: an S3 object, by the address of its bucket or by its path.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

from ministack.services import s3
from ministack.services.cloudformation import helpers

from local_aws.cloudformation.actions import Answer, Params, invalid, read
from local_aws.core.wrapping import Original, wrap

Resolve = Callable[[Params, str, str, str], tuple[str | None, Answer | None]]
_S3_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com")
_LOCAL_HOSTS = ("127.0.0.1", "localhost")
_MORE = "For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"


def _locate(url: str) -> tuple[str, str] | None:
    """Returns bucket and key; `None` for what is no address of S3."""
    address = urlparse(url)
    host, path = address.hostname or "", address.path.lstrip("/")
    match = _S3_HOST.fullmatch(host)
    if match and match["bucket"]:
        return match["bucket"], path
    if match or host in _LOCAL_HOSTS:
        bucket, _, key = path.partition("/")
        return bucket, key
    return None


def _resolved(find: Original, params: Params, body_key: str, url_key: str, label: str) -> Any:
    url = read(params, url_key)
    if not url or read(params, body_key):
        return find(params, body_key, url_key, label)
    if url.startswith("s3://"):
        name = urlparse(url).netloc
        return None, invalid(f"S3 error: Domain name specified in {name} is not a valid S3 domain")
    place = _locate(url)
    if place is None:
        return None, invalid(f"{url_key} must be a supported URL.")
    if s3._get_object_data(*place) is None:
        return None, invalid(f"S3 error: The specified key does not exist.\n{_MORE}")
    return find({**params, url_key: [f"http://s3/{'/'.join(place)}"]}, body_key, url_key, label)


def install() -> None:
    """Replaces the path-only reading of addresses."""
    wrap(helpers, "_resolve_document", _resolved)
