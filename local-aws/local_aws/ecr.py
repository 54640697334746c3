"""ECR names the local address, so that what pushes an image comes here and not to a host on the internet.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

import json
import os
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecr


def _address() -> str:
    return f"127.0.0.1:{os.environ['GATEWAY_PORT']}"


def install() -> None:
    """Replaces the registry's address in tokens and in repositories."""
    original = ecr._get_authorization_token

    def get_authorization_token(request: dict[str, Any]) -> Any:
        answer = json.loads(original(request)[2])
        for authorization in answer["authorizationData"]:
            authorization["proxyEndpoint"] = f"http://{_address()}"
        return json_response(answer)

    ecr._get_authorization_token = get_authorization_token
    ecr._repo_uri = lambda name: f"{_address()}/{name}"
