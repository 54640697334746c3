"""Whether security groups let a connection through: a check of their rules, for nothing is routed.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from ministack.services import ec2

Rule = dict[str, Any]
_EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class End:
    """One end of a connection: its name in the log, its security groups, the ranges of its subnets."""

    name: str
    groups: tuple[str, ...]
    ranges: tuple[str, ...]


def end_of(name: str, groups: Iterable[str], subnets: Iterable[str]) -> End:
    """Reads the ranges of an end's subnets; one that nobody made lies in none but that of all addresses."""
    found = [(ec2._subnets.get(each) or {}).get("CidrBlock", _EVERYWHERE) for each in subnets]
    return End(name, tuple(groups), tuple(found or [_EVERYWHERE]))


def find_missing_rule(source: End, target: End, port: int) -> str | None:
    """Returns the rule that a TCP connection lacks, or `None`. Unknown groups allow everything."""
    groups = ec2._security_groups
    outgoing = ("IpPermissionsEgress", "egress", source, "to", target)
    incoming = ("IpPermissions", "ingress", target, "from", source)
    for key, direction, here, way, there in (outgoing, incoming):
        if not here.groups or any(each not in groups for each in here.groups):
            continue
        rules = [rule for each in here.groups for rule in groups[each][key] if _has_port(rule, port)]
        if not _admits(rules, there):
            return (
                f"{', '.join(here.groups)} of {here.name} has no {direction} rule for tcp {port} {way} "
                f"{', '.join(there.groups) or 'the addresses'} of {there.name}"
            )
    return None


def _has_port(rule: Rule, port: int) -> bool:
    protocol = str(rule["IpProtocol"])
    ports = range(int(rule.get("FromPort", 0)), int(rule.get("ToPort", 65535)) + 1)
    return protocol == "-1" or (protocol in ("tcp", "6") and port in ports)


def _admits(rules: list[Rule], peer: End) -> bool:
    named = {pair.get("GroupId") for rule in rules for pair in rule["UserIdGroupPairs"]}
    allowed = [IPv4Network(each["CidrIp"], strict=False) for rule in rules for each in rule["IpRanges"]]
    return not named.isdisjoint(peer.groups) or all(
        any(IPv4Network(part).subnet_of(each) for each in allowed) for part in peer.ranges
    )
