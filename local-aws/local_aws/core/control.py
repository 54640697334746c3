"""Settings that AWS has no API for and tests need: `POST /_local/control/NAME` with a JSON object.

`account` and `region` of the object choose where it acts; without them, the default ones.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, request_scope

from local_aws.core.local_paths import LocalAnswer, LocalRequest, add_local_path

Control = Callable[[dict[str, Any]], None]


def add_control(name: str, control: Control) -> None:
    """Adds what can be set; `control` gets the object, in its account and region; it raises ValueError."""
    add_local_path("POST", f"control/{name}", lambda request: _set(name, control, request))


def late(name: str) -> Callable[..., Any]:
    """Goes around a read, which is then behind by as many reads as the control of this name says."""
    behind, answers = AccountRegionScopedDict(), AccountRegionScopedDict()
    add_control(name, lambda data: behind.update({"reads": int(data["reads"])}))

    def read(original: Callable[..., Any], params: Any) -> Any:
        kept = answers.setdefault(str(sorted(params.items())), [])
        kept.append(original(params))
        del kept[: -1 - behind.get("reads", 0)]
        return kept[0]

    return read


def _set(name: str, control: Control, request: LocalRequest) -> LocalAnswer:
    try:
        data = json.loads(request.body)
        with request_scope(data.pop("account", get_account_id()), data.pop("region", get_region())):
            control(data)
    except KeyError as error:
        return LocalAnswer(f"{name}: expected {error}, got none", 400)
    except (AttributeError, TypeError, ValueError) as error:
        return LocalAnswer(f"{name}: {error}", 400)
    return LocalAnswer(status=204)
