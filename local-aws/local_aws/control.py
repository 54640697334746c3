"""What AWS has no API for and a test must be able to set: `POST /_local/control/NAME` with a JSON object.

`account` and `region` of the object choose where it acts; without them, the default ones.
"""

import json
from collections.abc import Callable
from typing import Any

import ministack.app
from ministack.core.responses import get_account_id, get_region, request_scope

Data = dict[str, Any]
Control = Callable[[Data], None]

_PREFIX = "/_local/control/"
_controls: dict[str, Control] = {}


class ControlError(Exception):
    """Says what of the object is wrong."""


def add_control(name: str, control: Control) -> None:
    """Adds what can be set; `control` gets the object, in the scope of its account and region."""
    _controls[name] = control


def _set(name: str, body: bytes) -> tuple[int, str]:
    control = _controls.get(name)
    if control is None:
        return 404, f"{name}: expected one of {', '.join(sorted(_controls))}"
    try:
        data = json.loads(body)
        with request_scope(data.pop("account", get_account_id()), data.pop("region", get_region())):
            control(data)
    except KeyError as error:
        return 400, f"{name}: expected {error}, got none"
    except (AttributeError, ControlError, TypeError, ValueError) as error:
        return 400, f"{name}: {error}"
    return 204, ""


async def _read(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


def install() -> None:
    """Takes the paths below `/_local/control/`."""
    inner = ministack.app.app

    async def application(scope: Data, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await inner(scope, receive, send)
            return
        status, text = _set(scope["path"].removeprefix(_PREFIX), await _read(receive))
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": text.encode()})

    ministack.app.app = application
