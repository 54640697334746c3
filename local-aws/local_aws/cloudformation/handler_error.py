"""The reason that the handler of a resource type gives when it cannot do what is asked.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

from ministack.core.responses import new_uuid
from ministack.services.cloudformation import helpers


def handler_error(message: str, code: str = "GeneralServiceException") -> ValueError:
    """Creates the reason that a resource's handler gives."""
    token = f"(RequestToken: {new_uuid()}, HandlerErrorCode: {code})"
    return ValueError(f'Resource handler returned message: "{message}" {token}')


def service_error(message: str, service: str, status: int) -> ValueError:
    """Creates the reason of a service that refuses a request, such as `S3` with 409."""
    return handler_error(helpers._sdk_error(message, service, status))
