"""Secrets of containers: parameters are decrypted, and a missing one stops the task.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import ecs, ssm


def _decrypting(original: Callable[[Any], dict[str, str]]) -> Callable[[Any], dict[str, str]]:
    def resolve(definition: dict[str, Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for secret in definition.get("secrets") or []:
            source = secret["valueFrom"]
            if ":secretsmanager:" in source:
                found |= original({"secrets": [secret]})
                continue
            value = ssm.resolve_parameter_value(source, decrypt=True)
            if value is None:
                failure = "service call has been retried 1 time(s): invalid ssm parameters"
                text = f"unable to retrieve secrets from ssm: {failure}: {source.rpartition(':parameter')[2]}"
                raise ecs._SecretResolutionError(text)
            found[secret["name"]] = str(value)
        return found

    return resolve


def install() -> None:
    """Decrypts parameters, and reports a missing one as AWS does."""
    ecs._resolve_container_secrets = _decrypting(ecs._resolve_container_secrets)
