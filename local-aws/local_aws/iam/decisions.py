"""Decides what roles ask for by their policies; `GET /_local/iam` lists the decisions as JSON lines."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ministack.app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import athena

from local_aws.core.local_paths import LocalAnswer, LocalRequest, add_local_path
from local_aws.core.wrapping import Original, wrap

_kept: list[dict[str, Any]] = []


def role_of(arn: str) -> str:
    """Returns the name of the role in the ARN of a session; '' for all other callers."""
    return arn.split(":assumed-role/")[1].split("/")[0] if ":assumed-role/" in arn else ""


def _keep(arn: str, action: str, resource: str, context: Mapping[str, Any], allowed: bool) -> None:
    texts = {key: value for key, value in context.items() if isinstance(value, str)}
    asked = {"principal": arn, "action": action, "resource": resource, "region": get_region()}
    _kept.append({**asked, "context": texts, "allowed": allowed})


def policies_of(arn: str) -> list[list[iam_evaluator.ParsedStatement]]:
    """Reads the policies of a session's role."""
    return list(iam_evaluator._gather_role_policies(role_of(arn), arn.split(":")[4]))


def _allows(arn: str, action: str, resource: str, context: Mapping[str, Any]) -> bool:
    keys = {key.lower(): value for key, value in context.items()}
    asked = iam_evaluator.EvalContext(
        arn, "AssumedRole", arn.split(":")[4], action, resource, get_region(), service_context=keys
    )
    return bool(iam_evaluator.evaluate(asked, policies_of(arn)).decision == "Allow")


def require(
    arn: str,
    action: str,
    resources: Sequence[str],
    shown: str,
    error: Callable[[str], Exception],
    **context: str,
) -> None:
    """Raises an error with AWS's words where a role may do an action on none of some resources."""
    keys = {key.replace("_", ":"): value for key, value in context.items()}
    allowed = next((each for each in resources if _allows(arn, action, each, keys)), None)
    _keep(arn, action, allowed or shown, keys, allowed is not None)
    if allowed is None:
        raise error(str(iam_actions.identity_denial_message(action, arn, shown, False)))


def _kept_too(
    original: Original, key: str, action: str, *rest: Any, resource_arn: str = "*", **more: Any
) -> Any:
    denied = original(key, action, *rest, resource_arn=resource_arn, **more)
    arn = iam_evaluator.caller_arn()
    if role_of(arn):
        _keep(arn, action, resource_arn, more.get("service_context") or {}, denied is None)
    return denied


# Condition keys that our policies ask for: https://docs.aws.amazon.com/service-authorization/latest/reference/
def _with_keys(original: Original, service: str, action: str, body: bytes, params: dict[str, Any]) -> Any:
    keys = original(service, action, body, params)
    for prefix, field in ("cloudformation", "ChangeSetName"), ("iam", "AWSServiceName"):
        if value := iam_actions._query_param(params, field):
            keys[f"{prefix}:{field}"] = value
    if action in ("ecs:ListServices", "ecs:ListTasks"):
        name = _name_in(service, json.loads(body))
        keys["ecs:cluster"] = f"arn:aws:ecs:{get_region()}:{get_account_id()}:{name}"
    return keys


# The kind of a resource of ECS, in a cluster or in none, by the field that has its ARN or its name.
_OF_CLUSTER = {"service": "service", "services": "service", "tasks": "task"}
_OF_CLUSTER |= {"containerInstances": "container-instance", "serviceDeploymentArns": "service-deployment"}
_OF_ECS = {"taskDefinitions": "task-definition", "capacityProviders": "capacity-provider"}


def _name_in(service: str, asked: dict[str, Any]) -> str:
    # What follows the account in the ARN, where ministack does not know it; the first of several.
    def first(*fields: str, whole: bool = False) -> str:
        found = next((asked[field] for field in fields if asked.get(field)), "")
        name = str(found[0] if isinstance(found, list) else found)
        return name if whole else name.split("/")[-1]

    if service == "ecr":
        return f"repository/{first('repositoryName', 'repositoryNames', 'resourceArn')}"
    if service == "athena":
        execution = athena._executions.get(asked.get("QueryExecutionId", ""), {})
        return f"workgroup/{first('WorkGroup') or execution.get('WorkGroup', '')}"
    if service == "glue":
        return f"database/{first('DatabaseName', 'Name')}"
    for field, kind in (_OF_CLUSTER | _OF_ECS).items():
        if name := first(field, whole=True):
            within = f"{first('cluster')}/" if field in _OF_CLUSTER else ""
            return name.split(":", 5)[5] if name.startswith("arn:") else f"{kind}/{within}{name}"
    return f"cluster/{first('cluster', 'clusters')}"


def _completed(
    original: Original, service: str, method: str, path: str, headers: Any, body: Any, params: Any, *rest: Any
) -> Any:
    place = f"{get_region()}:{get_account_id()}"
    if service == "application-autoscaling":
        return f"arn:aws:{service}:{place}:scalable-target/1"
    target = headers.get("x-amz-target", "")
    is_database = target.endswith(".GetDatabase")
    if service in ("ecs", "ecr", "athena") or is_database:
        return f"arn:aws:{service}:{place}:{_name_in(service, json.loads(body or b'{}'))}"
    if linked := iam_actions._query_param(params, "AWSServiceName"):
        return f"arn:aws:iam::{get_account_id()}:role/aws-service-role/{linked}/1"
    for field in "ChangeSetName", "RuleArn":
        if (name := str(iam_actions._query_param(params, field))).startswith("arn:"):
            return name
    arn = original(service, method, path, headers, body, params, *rest)
    if target.endswith(".GetLogEvents"):
        return f"{arn}:log-stream:{json.loads(body).get('logStreamName')}"
    return arn


def _list(request: LocalRequest) -> LocalAnswer:
    of_account = f"::{request.query.get('account')}:"
    return LocalAnswer("\n".join(json.dumps(each) for each in _kept if of_account in each["principal"]))


def install() -> None:
    """Completes what ministack knows of requests, and keeps its decisions about roles."""
    if not ministack.app.AUTH:
        return
    # Loopback stands for TLS: the policies of our buckets refuse all else.
    pin = iam_evaluator.pin_request_origin
    ministack.app.pin_request_origin = lambda address, _: pin(address, True)
    wrap(iam_evaluator, "enforce", _kept_too)
    wrap(iam_actions, "request_tag_context", _with_keys)
    iam_actions.SERVICE_TO_IAM_NAMESPACE["application-autoscaling"] = "application-autoscaling"
    wrap(iam_actions, "extract_resource_arn", _completed)
    add_local_path("GET", "iam", _list)
