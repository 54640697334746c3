"""What a task needs of an instance, and what an instance lacks for it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resources:
    """CPU units, MiB of memory, GPUs, network interfaces for tasks, and host ports that are taken."""

    cpu: int = 0
    memory: int = 0
    gpus: int = 0
    interfaces: int = 0
    ports: frozenset[int] = frozenset()

    def without(self, need: "Resources") -> "Resources":
        """What a task with this need leaves."""
        return Resources(
            self.cpu - need.cpu,
            self.memory - need.memory,
            self.gpus - need.gpus,
            self.interfaces - need.interfaces,
            self.ports | need.ports,
        )

    def lack_for(self, need: "Resources") -> str | None:
        """The first thing that a task lacks, as ECS names it in RunTask's failures; none if it fits."""
        if self.cpu < need.cpu:
            return "RESOURCE:CPU"
        if self.memory < need.memory:
            return "RESOURCE:MEMORY"
        if self.gpus < need.gpus:
            return "RESOURCE:GPU"
        if self.ports & need.ports:
            return "RESOURCE:PORTS"
        if self.interfaces < need.interfaces:
            return "RESOURCE:ENI"
        return None


def need_of(definition: dict[str, Any] | None) -> Resources:
    """What a task of this definition reserves."""
    task = definition or {}
    containers = task.get("containerDefinitions", [])
    gpus = [
        int(each["value"])
        for container in containers
        for each in container.get("resourceRequirements") or []
        if each["type"] == "GPU"
    ]
    cpu = task.get("cpu") or sum(int(each.get("cpu") or 0) for each in containers)
    memory = task.get("memory") or sum(
        int(each.get("memoryReservation") or each.get("memory") or 0) for each in containers
    )
    own_interface = task.get("networkMode") == "awsvpc"
    ports = [] if own_interface else [port for each in containers for port in _host_ports(each, task)]
    return Resources(int(cpu), int(memory), sum(gpus), int(own_interface), frozenset(ports))


def _host_ports(container: dict[str, Any], task: dict[str, Any]) -> list[int]:
    mappings = container.get("portMappings") or []
    # In the network of the host each container port is a host port; in a bridge 0 means any free one.
    fallback = "containerPort" if task.get("networkMode") == "host" else "hostPort"
    ports = [int(each.get("hostPort") or each.get(fallback) or 0) for each in mappings]
    return [port for port in ports if port]
