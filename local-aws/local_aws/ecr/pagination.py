"""Pages of ECR's lists: at most `maxResults` of them, 100 where that is not given."""

from typing import Any

from local_aws.ecr.error import invalid_parameter


def page(data: dict[str, Any], name: str, items: list[Any]) -> dict[str, Any]:
    """Cuts the page that `nextToken` asks for, and names the next one."""
    token = str(data.get("nextToken") or "0")
    if not token.isdigit():
        raise invalid_parameter("nextToken", "must be a token of an earlier answer")
    start, size = int(token), data.get("maxResults", 100)
    if not isinstance(size, int) or not 1 <= size <= 1000:
        raise invalid_parameter("maxResults", "Member must have value from 1 to 1000")
    more = {"nextToken": str(start + size)} if start + size < len(items) else {}
    return {name: items[start : start + size], **more}
