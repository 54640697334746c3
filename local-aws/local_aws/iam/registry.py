"""The registry's own API is open to whom the role behind the token may.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""

from functools import partial

import ministack.app

from local_aws.ecr.registry import routes
from local_aws.ecr.registry.message import RegistryError
from local_aws.ecr.token import Token
from local_aws.iam.decisions import require, role_of

_ACTIONS = {
    "HEAD blobs": "BatchCheckLayerAvailability",
    "GET blobs": "GetDownloadUrlForLayer",
    "HEAD manifests": "BatchGetImage",
    "GET manifests": "BatchGetImage",
    "PUT manifests": "PutImage",
    "POST uploads": "InitiateLayerUpload",
    "PATCH uploads": "UploadLayerPart",
    "PUT uploads": "CompleteLayerUpload",
}


def _guard(token: Token, method: str, name: str, path: str) -> None:
    kind = "uploads" if "/blobs/uploads/" in path else path.removeprefix(f"/v2/{name}/").split("/")[0]
    action = _ACTIONS.get(f"{method} {kind}")
    resource = f"arn:aws:ecr:{token.region}:{token.account}:repository/{name}"
    if action and role_of(token.caller):
        require(token.caller, f"ecr:{action}", [resource], resource, partial(RegistryError, 403, "DENIED"))


def install() -> None:
    """Asks for the permission before each request to the registry."""
    if ministack.app.AUTH:
        routes.guards.append(_guard)
