"""A missing operation answers 501 with its name and is counted, so that it never looks like a success.

`GET /_local/missing` lists the missing operations that were called: the demo and the tests fail on them.
"""

import json
import logging
import re
from collections import Counter
from typing import Any

import ministack.app
from ministack.core import router

from local_aws.core.local_paths import LocalAnswer, LocalRequest, add_local_path
from local_aws.core.operation import Answer, Operation, read_operation, render_error
from local_aws.core.wrapping import Original, wrap

_log = logging.getLogger("local-aws")
_asked: Counter[str] = Counter()

# What ministack answers for a service, an action or a path that it does not know.
_UNKNOWN = re.compile(
    rb"Unknown (\w+ ){0,2}(action|operation|path): |[Uu]nknown operation |Unsupported service: "
    rb"|is not valid for this web service|Operation '\w+' not implemented|Function not found: /"
    rb"|Unknown API Gateway path|<Code>MethodNotAllowed</Code>"
)

# Actions that ministack reports as successful without doing anything, and that no module of ours replaces.
_PRETENDED = {
    "autoscaling": ("CancelInstanceRefresh", "RecordLifecycleActionHeartbeat", "StartInstanceRefresh"),
    "ecr": (
        "BatchCheckLayerAvailability",
        "CompleteLayerUpload",
        "GetDownloadUrlForLayer",
        "InitiateLayerUpload",
        "PutAccountSetting",
        "UploadLayerPart",
    ),
    "ecs": ("DescribeServiceRevisions", "ExecuteCommand", "UpdateTaskProtection"),
}

# Parts of S3's API that ministack mistakes for others: GET of a bucket's metrics would list its objects.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
_S3_PARTS = {"analytics", "intelligent-tiering", "inventory", "metrics", "policyStatus"}


def _is_pretended(operation: Operation, query: dict[str, Any]) -> bool:
    if operation.protocol == "s3":
        return not _S3_PARTS.isdisjoint(query)
    return operation.name in _PRETENDED.get(operation.service, ())


def _is_unknown(status: int, body: Any) -> bool:
    return 400 <= status < 500 and isinstance(body, bytes) and bool(_UNKNOWN.search(body[:2000]))


def _refuse(operation: Operation) -> Answer:
    _asked[str(operation)] += 1
    _log.error("%s: not in the local AWS", operation)
    return render_error(operation, 501, "NotImplemented", f"{operation}: not in the local AWS")


async def _checked(
    dispatch: Original,
    method: str,
    path: str,
    headers: Any,
    body: bytes,
    query: Any,
    request_id: str,
) -> Answer:
    operation = read_operation(
        ministack.app.detect_service(method, path, headers, query), method, path, headers, body, query
    )
    if _is_pretended(operation, query):
        return _refuse(operation)
    answer = await dispatch(method, path, headers, body, query, request_id)
    return _refuse(operation) if _is_unknown(answer[0], answer[2]) else answer


def list_asked() -> dict[str, int]:
    """Lists the missing operations that were called, with the number of calls."""
    return dict(_asked)


def _answer_list(_: LocalRequest) -> LocalAnswer:
    return LocalAnswer(json.dumps(list_asked()), content_type="application/json")


def install() -> None:
    """Checks each answer of ministack's services, and lists missing operations at `/_local/missing`."""
    # ministack would ask botocore's whole catalog for seconds whether it is a name of AWS, and else take S3.
    router._is_aws_service_name = lambda _: True
    wrap(ministack.app, "_dispatch_service_request", _checked)
    add_local_path("GET", "missing", _answer_list)
