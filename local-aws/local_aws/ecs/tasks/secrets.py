"""Secrets of containers: parameters and secrets are resolved before a task starts.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
"""

import json
from typing import Any

from ministack.services import ecs, secretsmanager, ssm


def resolve_secrets(definition: dict[str, Any]) -> dict[str, str]:
    """Returns the variables of a container definition's secrets; a missing one stops the task."""
    secrets = {each["name"]: str(each["valueFrom"]) for each in definition.get("secrets") or []}
    return {name: _resolve(value_from) for name, value_from in secrets.items()}


def _resolve(value_from: str) -> str:
    if ":secretsmanager:" in value_from:
        return _resolve_secret(value_from)
    value = ssm.resolve_parameter_value(value_from, decrypt=True)
    if value is None:
        name = value_from.rpartition(":parameter")[2]
        raise ecs._SecretResolutionError(
            "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
            f"invalid ssm parameters: {name}"
        )
    return str(value)


def _resolve_secret(value_from: str) -> str:
    # ARN:json-key:version-stage:version-id; the ARN itself has seven parts.
    parts = value_from.split(":")
    value = secretsmanager.resolve_secret_string(":".join(parts[:7]))
    key = parts[7] if len(parts) > 7 else ""
    if value is not None and key:
        fields = json.loads(value)
        value = fields.get(key) if isinstance(fields, dict) else None
    if value is None:
        raise ecs._SecretResolutionError(
            "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch "
            f"secret {value_from} from secrets manager: ResourceNotFoundException: "
            "Secrets Manager can't find the specified secret."
        )
    return str(value)


def install() -> None:
    """Decrypts secrets, and reports a missing one as AWS does."""
    ecs._resolve_container_secrets = resolve_secrets
