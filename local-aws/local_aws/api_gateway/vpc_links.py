"""VPC links, and the reset of what an authorizer has cached.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks.html
"""

import json
import secrets
from typing import Any
from urllib.parse import unquote

from ministack.core.responses import AccountRegionScopedDict, now_iso
from ministack.services import apigateway

from local_aws.core.wrapping import Original, wrap
from local_aws.ec2.reachability import End, end_of

Link = dict[str, Any]
# Id -> VPC link.
links = AccountRegionScopedDict()


def create(data: dict[str, Any]) -> Link:
    """Creates a VPC link from a request's name, subnets, security groups and tags."""
    link = {
        "vpcLinkId": secrets.token_hex(3),
        "name": data["name"],
        "subnetIds": data["subnetIds"],
        "securityGroupIds": data.get("securityGroupIds") or [],
        "tags": data.get("tags") or {},
        "createdDate": now_iso(),
        "vpcLinkStatus": "AVAILABLE",
        "vpcLinkStatusMessage": "VPC link is ready to route traffic",
        "vpcLinkVersion": "V2",
    }
    links[link["vpcLinkId"]] = link
    return link


def end_of_link(link: Link) -> End:
    """A VPC link as the end of a connection."""
    return end_of(f"the VPC link {link['name']}", link["securityGroupIds"], link["subnetIds"])


def _answer(method: str, link_id: str, data: dict[str, Any]) -> Any:
    if not link_id:
        if method == "POST":
            return apigateway._apigw_response(create(data), 201)
        return apigateway._apigw_response({"items": list(links.values())})
    if link_id not in links:
        return apigateway._apigw_error("NotFoundException", f"Unable to find VpcLink by id {link_id}", 404)
    if method == "DELETE":
        del links[link_id]
        return 202, {}, b""
    return apigateway._apigw_response(links[link_id])


def _reset_cache(api_id: str, stage: str) -> Any:
    cache = apigateway._authorizer_cache
    for key in [key for key in cache if (key[2], key[4]) == (api_id, stage)]:
        del cache[key]
    return 204, {}, b""


async def _with_links(
    original: Original, method: str, path: str, headers: Any, body: bytes, query: Any
) -> Any:
    parts = unquote(path).strip("/").split("/")
    if parts[:2] == ["v2", "vpclinks"]:
        return _answer(method, "/".join(parts[2:]), json.loads(body or b"{}"))
    # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename-cache-authorizers.html
    if method == "DELETE" and parts[5:] == ["cache", "authorizers"]:
        return _reset_cache(parts[2], parts[4])
    return await original(method, path, headers, body, query)


def install() -> None:
    """Answers the paths of VPC links and of authorizers' caches."""
    wrap(apigateway, "handle_request", _with_links)
