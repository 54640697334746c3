"""CloudFormation: named queries of Athena."""

import json
from typing import Any

from ministack.services import athena
from ministack.services.cloudformation import provisioners


def _create(_logical_id: str, properties: dict[str, Any], _stack: str) -> Any:
    identifier = json.loads(athena._create_named_query(properties)[2])["NamedQueryId"]
    return identifier, {"NamedQueryId": identifier}


def install() -> None:
    """Adds AWS::Athena::NamedQuery, whose every change is a replacement."""
    provisioners._RESOURCE_HANDLERS["AWS::Athena::NamedQuery"] = {
        "create": _create,
        "delete": lambda identifier, _: athena._delete_named_query({"NamedQueryId": identifier}),
    }
