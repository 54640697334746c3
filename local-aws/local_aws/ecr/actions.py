"""ECR's API: our actions where ministack's are lenient or do nothing, and the local address everywhere.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import ecr
from ministack.services.cloudformation import provisioners

from local_aws.core.control import add_control
from local_aws.core.settings import local_address
from local_aws.core.wrapping import Original, wrap
from local_aws.ecr import image_actions as ecr_image_actions
from local_aws.ecr import repositories as ecr_repositories
from local_aws.ecr.error import EcrError, invalid_parameter
from local_aws.ecr.token import issue_token, set_lifetime

Data = dict[str, Any]
_EXCLUSION = "ImageTagMutabilityExclusionFilter"


def _get_authorization_token(_: Data) -> Data:
    token, expires = issue_token()
    authorization = {
        "authorizationToken": token,
        "expiresAt": expires,
        "proxyEndpoint": f"http://{local_address()}",
    }
    return {"authorizationData": [authorization]}


_ACTIONS: dict[str, Callable[[Data], Data]] = {
    **ecr_image_actions.ACTIONS,
    "CreateRepository": ecr_repositories.create_repository,
    "DeleteRepository": ecr_repositories.delete_repository,
    "DescribeRepositories": ecr_repositories.describe_repositories,
    "GetAuthorizationToken": _get_authorization_token,
}


def _check(action: str, data: Data) -> None:
    """Refuses another account's registry, since policies are not read, and unknown repositories."""
    owner, name = data.get("registryId", get_account_id()), data.get("repositoryName")
    if owner != get_account_id():
        resource = f"arn:aws:ecr:{get_region()}:{owner}:repository/{name or '*'}"
        user = f"User: arn:aws:iam::{get_account_id()}:root is not authorized to perform: ecr:{action}"
        text = (
            f"{user} on resource: {resource} because no resource-based policy allows the ecr:{action} action"
        )
        raise EcrError("AccessDeniedException", text)
    if name is not None and action != "CreateRepository":
        ecr_repositories.find_repository(name)


class _Parameters(dict[str, Any]):
    """The parameters of a request; a required one that is missing is an error of the caller."""

    def __missing__(self, name: str) -> Any:
        raise invalid_parameter(name, "Member must not be null")


def _answer(action: str, data: Data) -> Any:
    try:
        _check(action, data)
        return json_response(_ACTIONS[action](_Parameters(data)))
    except EcrError as error:
        return error_response_json(error.name, str(error), 400)


async def _handled(original: Original, method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    if action not in _ACTIONS:
        return await original(method, path, headers, body, query)
    try:
        data = json.loads(body or b"{}")
    except ValueError as error:
        return error_response_json("SerializationException", str(error), 400)
    return _answer(action, data)


def _with_exclusions(original: Original, properties: Data) -> Data:
    filters = [
        {"filterType": each[f"{_EXCLUSION}Type"], "filter": each[f"{_EXCLUSION}Value"]}
        for each in properties.get(f"{_EXCLUSION}s") or []
    ]
    return {**original(properties), "imageTagMutabilityExclusionFilters": filters}


def install() -> None:
    """Installs our actions, also for calls by CloudFormation, and what a test can set."""
    add_control("ecr-token-lifetime", set_lifetime)
    add_control("ecr-scan", ecr_image_actions.set_scan)
    wrap(ecr, "handle_request", _handled)
    ecr._repo_uri = lambda name: f"{local_address()}/{name}"
    wrap(provisioners, "_ecr_cfn_to_api", _with_exclusions)
    ecr._create_repository = lambda data: _answer("CreateRepository", data)
    ecr._delete_repository = lambda data: _answer("DeleteRepository", data)
