"""Actions of ECS, Auto Scaling and load balancers that are not there are refused by name.

Among them those that ministack answers without doing anything.
"""

import logging
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import alb, autoscaling, ecs

_log = logging.getLogger("local-aws")

# Service -> what ministack only pretends to do.
_PRETENDED = {
    "ecs": (
        "DescribeServiceRevisions",
        "DiscoverPollEndpoint",
        "ExecuteCommand",
        "GetTaskProtection",
        "SubmitAttachmentStateChanges",
        "SubmitContainerStateChange",
        "SubmitTaskStateChange",
        "UpdateTaskProtection",
    ),
    "autoscaling": (
        "CancelInstanceRefresh",
        "CompleteLifecycleAction",
        "PutScheduledUpdateGroupAction",
        "RecordLifecycleActionHeartbeat",
        "StartInstanceRefresh",
    ),
}


class _Actions(dict[str, Any]):
    """A service's table of actions, which answers for those that it does not have."""

    def __init__(self, service: str, known: dict[str, Any], refuse: Callable[[str, str], Any]) -> None:
        pretended = _PRETENDED.get(service, ())
        super().__init__({name: act for name, act in known.items() if name not in pretended})
        self._service = service
        self._refuse = refuse

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name) or (lambda _: self._absent(name))

    def _absent(self, name: str) -> Any:
        text = f"{name}: not in the local AWS"
        _log.warning("%s: %s", self._service, text)
        return self._refuse("NotImplemented", text)


def install() -> None:
    """Refuses absent actions; comes after all that add actions."""
    refusals: list[tuple[str, Any, Callable[[str, str], Any]]] = [
        ("ecs", ecs, lambda code, text: error_response_json(code, text, 501)),
        ("autoscaling", autoscaling, lambda code, text: autoscaling._error(code, text, 501)),
        ("elasticloadbalancing", alb, lambda code, text: alb._error(code, text, 501)),
    ]
    for service, module, refuse in refusals:
        module._ACTION_MAP = _Actions(service, module._ACTION_MAP, refuse)
