"""What AWS refuses about a task definition, and about what is started by it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import ecs

from local_aws.core.wrapping import Original, wrap

Request = dict[str, Any]


def _refuse_definition(data: Request) -> str | None:
    if data.get("memory"):
        return None
    for container in data.get("containerDefinitions", []):
        if not container.get("memory") and not container.get("memoryReservation"):
            name = container.get("name")
            needed = "At least one of 'memory' or 'memoryReservation' must be specified."
            return f"Invalid setting for container '{name}'. {needed}"
    return None


def _refuse_start(data: Request) -> str | None:
    definition = ecs._task_defs.get(ecs._resolve_td_key(data.get("taskDefinition", "")))
    if definition is None:
        return None
    given = (data.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if definition["networkMode"] == "awsvpc" and not given:
        return "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    if definition["networkMode"] != "awsvpc" and given:
        return "Network Configuration is not valid for the given networkMode of this task definition."
    return None


def _refusing(original: Original, refuse: Callable[[Request], str | None], error: str, data: Request) -> Any:
    text = refuse(data)
    return error_response_json(error, text, 400) if text else original(data)


def install() -> None:
    """Refuses what AWS refuses; tasks that a service starts were checked with it."""
    wrap(ecs, "_register_task_definition", _refusing, _refuse_definition, "ClientException")
    wrap(ecs, "_create_service", _refusing, _refuse_start, "InvalidParameterException")
    wrap(ecs._ACTION_MAP, "RunTask", _refusing, _refuse_start, "InvalidParameterException")
