"""What EC2 has for an account: its vCPU quotas, and the zones that have no instances left.

Nothing is short until a test or a user says so, at `/_local/capacity?account=…&region=…`:
GET shows it, PUT replaces it by {"vcpuQuotas": {"L-DB2E81BA": 4}, "zonesWithoutCapacity": ["…a"]}.
"""

import json
from typing import Any
from urllib.parse import parse_qs

import ministack.app
from ministack.core.responses import AccountRegionScopedDict, request_scope

PATH = "/_local/capacity"
_capacity = AccountRegionScopedDict()
_QUOTAS, _ZONES = "vcpuQuotas", "zonesWithoutCapacity"


def vcpu_quota(code: str) -> int | None:
    """The vCPUs that instances of a quota may have together; none for no limit."""
    quota: int | None = _capacity.get(_QUOTAS, {}).get(code)
    return quota


def zones_without_capacity() -> list[str]:
    """The zones that start no instances."""
    return list(_capacity.get(_ZONES, []))


def _read(body: bytes) -> dict[str, Any]:
    given = json.loads(body or b"{}")
    unknown = set(given) - {_QUOTAS, _ZONES} if isinstance(given, dict) else {"a list"}
    if unknown:
        raise ValueError(f"expected {_QUOTAS} and {_ZONES}, got {', '.join(sorted(unknown))}")
    quotas, zones = given.get(_QUOTAS, {}), given.get(_ZONES, [])
    return {
        _QUOTAS: {str(code): int(vcpus) for code, vcpus in quotas.items()},
        _ZONES: [str(zone) for zone in zones],
    }


def _answer(method: str, query: str, body: bytes) -> tuple[int, dict[str, Any]]:
    asked = parse_qs(query)
    if not asked.get("account") or not asked.get("region"):
        return 400, {"message": "query: expected account and region"}
    with request_scope(asked["account"][0], asked["region"][0]):
        if method == "PUT":
            try:
                given = _read(body)
            except (ValueError, TypeError, AttributeError) as error:
                return 400, {"message": f"body: {error}"}
            for name, value in given.items():
                _capacity[name] = value
        return 200, {_QUOTAS: _capacity.get(_QUOTAS, {}), _ZONES: _capacity.get(_ZONES, [])}


async def _read_body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _wrap(inner: Any) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await inner(scope, receive, send)
            return
        query = scope["query_string"].decode()
        status, answer = _answer(scope["method"], query, await _read_body(receive))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    return app


def install() -> None:
    """Answers `/_local/capacity`."""
    ministack.app.app = _wrap(ministack.app.app)
