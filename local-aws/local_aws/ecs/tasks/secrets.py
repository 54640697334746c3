"""Secrets of containers: parameters are decrypted, and a missing one stops the task.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
"""

from typing import Any

from ministack.services import ecs, ssm

from local_aws.core.wrapping import Original, wrap


def _decrypting(original: Original, definition: dict[str, Any]) -> dict[str, str]:
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


def install() -> None:
    """Decrypts parameters, and reports a missing one as AWS does."""
    wrap(ecs, "_resolve_container_secrets", _decrypting)
