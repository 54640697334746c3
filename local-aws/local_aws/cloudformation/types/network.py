"""CloudFormation: the types of EC2 networks that ministack lacks."""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Params = dict[str, list[str]]


def call(action: Callable[[Params], Any], values: dict[str, Any]) -> str:
    """Calls an action of EC2's query API; raises with its message where it fails."""
    status, _, body = action({name: [str(value)] for name, value in values.items() if value is not None})
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 400:
        raise ValueError(find_element("Message", text) or text)
    return text


def find_element(element: str, xml: str) -> str:
    """Reads the first element of that name; empty if there is none."""
    match = re.search(f"<{element}>([^<]*)</{element}>", xml)
    return match[1] if match else ""


def _create_address(_logical_id: str, properties: dict[str, Any], _stack: str) -> Any:
    xml = call(ec2._allocate_address, {"Domain": properties.get("Domain", "vpc")})
    address, allocation = find_element("publicIp", xml), find_element("allocationId", xml)
    return address, {"AllocationId": allocation, "PublicIp": address}


def _delete_address(physical_id: str, _properties: dict[str, Any]) -> None:
    for allocation, address in list(ec2._addresses.items()):
        if address["PublicIp"] == physical_id:
            call(ec2._release_address, {"AllocationId": allocation})


def _create_nat_gateway(_logical_id: str, properties: dict[str, Any], _stack: str) -> Any:
    names = ("SubnetId", "AllocationId", "ConnectivityType")
    xml = call(ec2._create_nat_gateway, {name: properties.get(name) for name in names})
    gateway = find_element("natGatewayId", xml)
    return gateway, {"NatGatewayId": gateway}


def _rule_types(authorize: Callable[[Params], Any], revoke: Callable[[Params], Any], peer: str) -> Any:
    def request(properties: dict[str, Any]) -> dict[str, Any]:
        return {
            "GroupId": properties["GroupId"],
            "IpPermissions.1.IpProtocol": properties["IpProtocol"],
            "IpPermissions.1.FromPort": properties.get("FromPort"),
            "IpPermissions.1.ToPort": properties.get("ToPort"),
            "IpPermissions.1.IpRanges.1.CidrIp": properties.get("CidrIp"),
            "IpPermissions.1.Groups.1.GroupId": properties.get(peer),
        }

    def create(logical_id: str, properties: dict[str, Any], _stack: str) -> Any:
        xml = call(authorize, request(properties))
        rule = find_element("securityGroupRuleId", xml) or logical_id
        return rule, {"Id": rule}

    def delete(_physical_id: str, properties: dict[str, Any]) -> None:
        # The group may be gone already, with the rule.
        if properties.get("GroupId") in ec2._security_groups:
            call(revoke, request(properties))

    def update(physical_id: str, old: dict[str, Any], properties: dict[str, Any], stack: str) -> Any:
        delete(physical_id, old)
        return create(physical_id, properties, stack)

    return {"create": create, "update": update, "delete": delete}


def install() -> None:
    """Adds addresses, NAT gateways and rules of security groups."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::EC2::EIP"] = {"create": _create_address, "delete": _delete_address}
    handlers["AWS::EC2::NatGateway"] = {
        "create": _create_nat_gateway,
        "delete": lambda physical_id, _: call(ec2._delete_nat_gateway, {"NatGatewayId": physical_id}),
    }
    handlers["AWS::EC2::SecurityGroupIngress"] = _rule_types(
        ec2._authorize_sg_ingress, ec2._revoke_sg_ingress, "SourceSecurityGroupId"
    )
    handlers["AWS::EC2::SecurityGroupEgress"] = _rule_types(
        ec2._authorize_sg_egress, ec2._revoke_sg_egress, "DestinationSecurityGroupId"
    )
