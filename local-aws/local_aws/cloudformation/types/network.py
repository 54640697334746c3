"""CloudFormation: the types of EC2 networks that ministack lacks."""

from collections.abc import Callable
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation.actions import Answer, element

Params = dict[str, list[str]]


def call(action: Callable[[Params], Answer], values: dict[str, Any]) -> Answer:
    """Calls an action of a query API; raises with its message where it fails."""
    answer = action({name: [str(value)] for name, value in values.items() if value is not None})
    if answer[0] >= 400:
        raise ValueError(element(answer, "Message"))
    return answer


def _create_address(_logical_id: str, properties: dict[str, Any], _stack: str) -> Any:
    answer = call(ec2._allocate_address, {"Domain": properties.get("Domain", "vpc")})
    address, allocation = element(answer, "publicIp"), element(answer, "allocationId")
    return address, {"AllocationId": allocation, "PublicIp": address}


def _delete_address(physical_id: str, _properties: dict[str, Any]) -> None:
    for allocation, address in list(ec2._addresses.items()):
        if address["PublicIp"] == physical_id:
            call(ec2._release_address, {"AllocationId": allocation})


def _create_nat_gateway(_logical_id: str, properties: dict[str, Any], _stack: str) -> Any:
    names = ("SubnetId", "AllocationId", "ConnectivityType")
    answer = call(ec2._create_nat_gateway, {name: properties.get(name) for name in names})
    gateway = element(answer, "natGatewayId")
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
        answer = call(authorize, request(properties))
        rule = element(answer, "securityGroupRuleId") or logical_id
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
