"""Services on the page: all of them, and one with its deployments, events, tasks and what these print."""

from typing import Any

from ministack.services import cloudwatch_logs, ecs

from local_aws.ecs.tasks.status import all_tasks_of
from local_aws.page.html import Column, Content, Html, element, section, status, table
from local_aws.page.scope import Place, link
from local_aws.page.time import render_time

_LOG_LINES = 40
_EVENTS = 30


def _last(arn: Any) -> str:
    return str(arn or "").rsplit("/", 1)[-1]


def show_services(place: Place) -> Html:
    """Shows the services of an account and region."""
    rows = [
        (
            link(place, "service", service["serviceName"], key=key),
            _last(service["clusterArn"]),
            status(_rollout(service)),
            f"{service['runningCount']} of {service['desiredCount']}",
            (service.get("events") or [{}])[0].get("message", ""),
        )
        for key, service in sorted(ecs._services.items())
        if service["status"] != "INACTIVE"
    ]
    columns = ("Service", "Cluster", "Deployment", Column("Running", "number"), Column("Last event", "long"))
    return section("Services", table(columns, rows, "No service."), level=3)


def _rollout(service: dict[str, Any]) -> str:
    deployments = service.get("deployments") or [{}]
    return str(deployments[0].get("rolloutState") or service["status"])


def show_service(key: str) -> Content:
    """Shows one service by its key `CLUSTER/NAME`; returns None if it does not exist."""
    service = ecs._services.get(key)
    if service is None:
        return None
    tasks = all_tasks_of(service)
    tasks.sort(key=lambda task: (task["lastStatus"] == "STOPPED", str(task["createdAt"])))
    return [
        element("p", f"{service['runningCount']} of {service['desiredCount']} tasks run."),
        section("Deployments", _deployments(service)),
        section("Tasks", _tasks(tasks)),
        *(_log(task) for task in tasks if task["lastStatus"] != "STOPPED"),
        section("Events", _events(service)),
    ]


def _deployments(service: dict[str, Any]) -> Html:
    rows = [
        (
            each["id"],
            status(each.get("rolloutState")),
            _last(each["taskDefinition"]),
            f"{each.get('runningCount', 0)} of {each.get('desiredCount', 0)}",
            each.get("rolloutStateReason", ""),
        )
        for each in service.get("deployments") or []
    ]
    return table(
        ("Deployment", "State", "Task definition", Column("Running", "number"), Column("Reason", "long")),
        rows,
        "No deployment.",
    )


def _tasks(tasks: list[dict[str, Any]]) -> Html:
    rows = [
        (
            _last(task["taskArn"]),
            status(task["lastStatus"]),
            _last(task["taskDefinitionArn"]),
            render_time(task.get("startedAt") or task["createdAt"]),
            task.get("stoppedReason") or "",
        )
        for task in tasks
    ]
    return table(
        ("Task", "Status", "Task definition", "Since (UTC)", Column("Reason", "long")), rows, "No task."
    )


def _log(task: dict[str, Any]) -> Html:
    number = _last(task["taskArn"])
    lines = [
        (event["timestamp"], event["message"])
        for group in cloudwatch_logs._log_groups.values()
        for name, stream in group["streams"].items()
        if name.endswith(f"/{number}")
        for event in stream["events"][-_LOG_LINES:]
    ]
    text = "\n".join(f"{render_time(at / 1000)}  {message}" for at, message in sorted(lines)[-_LOG_LINES:])
    return section(f"Log of {number}", element("pre", text or "Nothing yet.", tabindex="0"))


def _events(service: dict[str, Any]) -> Html:
    events = (service.get("events") or [])[:_EVENTS]
    rows = [(render_time(event["createdAt"]), event["message"]) for event in events]
    return table(("Time (UTC)", Column("Event", "long")), rows, "No event.")
