"""Returns the requested range of a named version, and refuses a bucket of another owner than expected.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from typing import Any

from ministack.services import s3

from local_aws.core.wrapping import Original, wrap

Answer = tuple[int, dict[str, str], Any]


def _check_owner(
    original: Original, method: str, bucket: str, key: str, headers: dict[str, str], *rest: Any
) -> Any:
    expected = headers.get("x-amz-expected-bucket-owner", "")
    owner = s3._bucket_owner_account(bucket) if bucket and expected else None
    if owner is not None and owner != expected:
        refused: Answer = s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")
        return refused
    return original(method, bucket, key, headers, *rest)


def install() -> None:
    """Cuts the range out of the version, and checks the owner of the bucket; ministack does neither."""
    wrap(s3, "_dispatch", _check_owner)
    original = s3._get_object

    def get_object(
        bucket_name: str, key: str, headers: dict[str, str], query_params: dict[str, Any] | None = None
    ) -> Answer:
        answer: Answer = original(bucket_name, key, headers, query_params)
        status, answered, body = answer
        wanted = headers.get("range", "")
        if status != 200 or not wanted or not s3._qp(query_params or {}, "versionId", ""):
            return answer
        bounds = s3._parse_range(wanted, len(body))
        if bounds is None:
            refused: Answer = s3._error("InvalidRange", "The requested range is not satisfiable", 416)
            return refused
        start, end = bounds
        # A checksum of the whole would not fit the part.
        kept = {name: value for name, value in answered.items() if "checksum" not in name.lower()}
        kept["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        kept["Content-Length"] = str(end - start + 1)
        return 206, kept, body[start : end + 1]

    s3._get_object = get_object
