"""The table of CloudFormation's actions, how ours go around those of ministack, and reasons of handlers.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

import re
from collections.abc import Callable
from html import escape
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services.cloudformation import changesets, handlers, helpers

from local_aws.core.wrapping import wrap

# Names and values of a query request, as its form gives them.
Params = dict[str, Any]
# Status, headers and XML body.
Answer = tuple[int, dict[str, str], bytes]
Action = Callable[[Params], Answer]
Stack = dict[str, Any]


def wrap_action(name: str, around: Callable[..., Answer], *given: Any) -> None:
    """Puts an action of ours around the one that is there, as `wrap` does."""
    wrap(handlers._ACTION_HANDLERS, name, around, *given)


def read(params: Params, name: str) -> str:
    """Reads one value of a request; empty if absent."""
    return str(helpers._p(params, name))


def succeed(action: str, result: str = "") -> Answer:
    """Creates the answer of an action, with the XML of its result."""
    answer: Answer = helpers._xml(200, f"{action}Response", f"<{action}Result>{result}</{action}Result>")
    return answer


def refuse(code: str, message: str) -> Answer:
    """Creates the answer of a refused request."""
    answer: Answer = helpers._error(code, message)
    return answer


def invalid(message: str) -> Answer:
    """Creates the answer of a request that CloudFormation finds invalid."""
    return refuse("ValidationError", message)


def element(answer: Answer, name: str) -> str:
    """Reads the first element of that name from an answer's XML; empty if there is none."""
    match = re.search(f"<{name}>([^<]*)</{name}>", answer[2].decode())
    return match[1] if match else ""


def edit(answer: Answer, change: Callable[[str], str]) -> Answer:
    """Changes the XML of an answer that is no error."""
    status, headers, body = answer
    return answer if status >= 400 else (status, headers, change(body.decode()).encode())


def to_xml(value: Any) -> str:
    """Renders lists, maps and texts as the members of an answer."""
    if isinstance(value, list):
        return "".join(f"<member>{to_xml(item)}</member>" for item in value)
    if isinstance(value, dict):
        return "".join(f"<{name}>{to_xml(item)}</{name}>" for name, item in value.items())
    return escape(str(value))


def find_stack(name_or_id: str) -> Stack | None:
    """Finds a stack that is not deleted, by its name or its id."""
    stack: Stack | None = handlers._resolve_stack(name_or_id)
    return stack if stack and stack["StackStatus"] != "DELETE_COMPLETE" else None


def find_change_set(params: Params) -> dict[str, Any] | None:
    """Finds the change set that a request names, by its ARN or by its name and stack."""
    stack = handlers._resolve_stack(read(params, "StackName"))
    name = stack["StackName"] if stack else read(params, "StackName")
    found: dict[str, Any] | None = changesets._find_change_set(read(params, "ChangeSetName"), name)[1]
    return found


def handler_error(message: str, code: str = "GeneralServiceException") -> ValueError:
    """Creates the reason that a resource's handler gives."""
    token = f"(RequestToken: {new_uuid()}, HandlerErrorCode: {code})"
    return ValueError(f'Resource handler returned message: "{message}" {token}')


def service_error(message: str, service: str, status: int) -> ValueError:
    """Creates the reason of a service that refuses a request, such as `S3` with 409."""
    return handler_error(helpers._sdk_error(message, service, status))
