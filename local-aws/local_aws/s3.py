"""Returns the requested range of a named version, and refuses a bucket of another owner than expected.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from typing import Any

from ministack.services import s3

from local_aws.core.wrapping import Original, wrap


def _check_owner(
    original: Original, method: str, bucket: str, key: str, headers: dict[str, str], *rest: Any
) -> Any:
    expected = headers.get("x-amz-expected-bucket-owner", "")
    owner = s3._bucket_owner_account(bucket) if bucket and expected else None
    if owner is not None and owner != expected:
        return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")
    return original(method, bucket, key, headers, *rest)


def _get_range(original: Original, bucket: str, key: str, headers: dict[str, str], query: Any = None) -> Any:
    answer = original(bucket, key, headers, query)
    status, answered, body = answer
    wanted = headers.get("range", "")
    if status != 200 or not wanted or not s3._qp(query or {}, "versionId", ""):
        return answer
    bounds = s3._parse_range(wanted, len(body))
    if bounds is None:
        return s3._error("InvalidRange", "The requested range is not satisfiable", 416)
    start, end = bounds
    # A checksum of the whole would not fit the part.
    kept = {name: value for name, value in answered.items() if "checksum" not in name.lower()}
    kept["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
    kept["Content-Length"] = str(end - start + 1)
    return 206, kept, body[start : end + 1]


def install() -> None:
    """Cuts the range out of the version, and checks the owner of the bucket; ministack does neither."""
    wrap(s3, "_dispatch", _check_owner)
    wrap(s3, "_get_object", _get_range)
