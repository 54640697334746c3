"""A read of a named version returns the requested range.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from typing import Any

from ministack.services import s3

Answer = tuple[int, dict[str, str], Any]


def install() -> None:
    """Cuts the range out of the version; ministack returns all of it."""
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
