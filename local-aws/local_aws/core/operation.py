"""Which operation of AWS a request asks for, and an error in the shape of its protocol.

https://smithy.io/2.0/aws/protocols/index.html
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Operation:
    """A service, and what of it is asked for: an action's name, or method and path where there is none."""

    service: str
    name: str
    protocol: str

    def __str__(self) -> str:
        return f"{self.service} {self.name}"


def _first(values: Any) -> str:
    return str(values[0] if isinstance(values, list) else values)


def _service_of(headers: dict[str, str], found: str) -> str:
    """Prefers the name in the signature: ministack sends what it does not know to S3."""
    credential = headers.get("authorization", "").partition("Credential=")[2].split(",")[0].split("/")
    return credential[3] if len(credential) == 5 else found


def read_operation(
    service: str, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Operation:
    """Reads service, action and protocol of a request."""
    service = _service_of(headers, service)
    target = headers.get("x-amz-target", "")
    if target:
        return Operation(service, target.rsplit(".", 1)[-1], "json")
    form = "x-www-form-urlencoded" in headers.get("content-type", "")
    parameters = {**(parse_qs(body.decode("utf-8", "replace")) if form else {}), **query}
    if "Action" in parameters:
        protocol = "ec2" if service == "ec2" else "query"
        return Operation(service, _first(parameters["Action"]), protocol)
    named = f"{method} {path}" + (f"?{'&'.join(query)}" if query else "")
    return Operation(service, named, "s3" if service == "s3" else "rest-json")


def render_error(operation: Operation, status: int, code: str, message: str) -> Answer:
    """Renders an error as the operation's protocol does, so that each SDK reads its code and message."""
    if operation.protocol in ("json", "rest-json"):
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
        return status, headers, json.dumps({"__type": code, "message": message}).encode()
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    text = {
        "ec2": f"<Response><Errors><Error>{inner}</Error></Errors></Response>",
        "query": f"<ErrorResponse><Error><Type>Receiver</Type>{inner}</Error></ErrorResponse>",
        "s3": f"<Error>{inner}</Error>",
    }[operation.protocol]
    return status, {"Content-Type": "text/xml"}, text.encode()
