"""CloudFormation: VPC links, and what ministack leaves out of HTTP APIs and integrations."""

import os
from typing import Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

from local_aws.api_gateway import vpc_links
from local_aws.cloudformation.types.ecs import to_camel_case
from local_aws.core.wrapping import Original, wrap

Properties = dict[str, Any]


def _complete(original: Original, *args: Any) -> Any:
    api_id, attributes = original(*args)
    api = apigateway._apis[api_id]
    # Names below `localhost` do not resolve everywhere.
    api["apiEndpoint"] = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/{api_id}"
    if "corsConfiguration" in api:
        api["corsConfiguration"] = to_camel_case(api["corsConfiguration"])
    return api_id, {**attributes, "ApiEndpoint": api["apiEndpoint"]}


def _update_integration(
    original: Original, physical_id: str, old: Properties, properties: Properties, *rest: Any
) -> Any:
    result = original(physical_id, old, properties, *rest)
    integration = apigateway._integrations[properties["ApiId"]][result[0]]
    integration["connectionId"] = properties.get("ConnectionId", "")
    return result


def _create_link(_logical_id: str, properties: Properties, _stack: str) -> Any:
    link = vpc_links.create({name[0].lower() + name[1:]: value for name, value in properties.items()})
    return link["vpcLinkId"], {"VpcLinkId": link["vpcLinkId"]}


def _update_link(link_id: str, _old: Properties, properties: Properties, _stack: str) -> Any:
    vpc_links.links[link_id].update(name=properties["Name"], tags=properties.get("Tags") or {})
    return link_id, {"VpcLinkId": link_id}


def install() -> None:
    """Adds AWS::ApiGatewayV2::VpcLink, and completes Api and Integration."""
    handlers = provisioners._RESOURCE_HANDLERS
    api = handlers["AWS::ApiGatewayV2::Api"]
    for name in ("create", "update"):
        wrap(api, name, _complete)
    integration = handlers["AWS::ApiGatewayV2::Integration"]
    wrap(integration, "update", _update_integration)
    handlers["AWS::ApiGatewayV2::VpcLink"] = {
        "create": _create_link,
        "update": _update_link,
        "delete": lambda link_id, _: vpc_links.links.pop(link_id, None),
    }
