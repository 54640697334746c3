"""What a test can set of ECR: how long tokens last, and what the scan of an image goes through and finds."""

from typing import Any

from ministack.core.responses import get_account_id

from local_aws.core.control import ControlError, add_control
from local_aws.ecr.error import EcrError
from local_aws.ecr.images import require_image
from local_aws.ecr.scans import plan_scan
from local_aws.ecr.token import set_lifetime


def _set_token_lifetime(data: dict[str, Any]) -> None:
    set_lifetime(get_account_id(), int(data["seconds"]))


def _set_scan(data: dict[str, Any]) -> None:
    try:
        image = require_image(data["repositoryName"], data["imageId"])
    except EcrError as error:
        raise ControlError(str(error)) from None
    plan_scan(image, data["statuses"], data.get("findings", []), data.get("description"))


def install() -> None:
    """Adds the controls `ecr-token-lifetime` and `ecr-scan`."""
    add_control("ecr-token-lifetime", _set_token_lifetime)
    add_control("ecr-scan", _set_scan)
