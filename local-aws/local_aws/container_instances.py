"""The instances of a cluster's capacity providers, and what is free on them; GPUs are only counted."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import autoscaling, ec2, ecs


@dataclass(frozen=True)
class InstanceSize:
    """What ECS sees of an instance type: CPU units, MiB of memory and GPUs."""

    cpu: int
    memory: int
    gpus: int


# https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html; memory without what the system keeps.
SIZES = {
    "g4dn.xlarge": InstanceSize(4096, 15200, 1),
    "g4dn.2xlarge": InstanceSize(8192, 31000, 1),
    "g4dn.12xlarge": InstanceSize(49152, 189000, 4),
    "g5.xlarge": InstanceSize(4096, 15200, 1),
    "g6.xlarge": InstanceSize(4096, 15200, 1),
}
_OTHER = InstanceSize(2048, 3800, 0)


@dataclass(frozen=True)
class ContainerInstance:
    """One instance of a cluster, as ECS sees it."""

    arn: str
    instance_id: str
    instance_type: str
    zone: str
    provider: str
    size: InstanceSize
    tasks: list[dict[str, Any]]

    @property
    def free(self) -> InstanceSize:
        """What its tasks leave."""
        needs = [need_of(ecs._task_defs.get(key)) for key in map(_definition_key, self.tasks)]
        return InstanceSize(
            self.size.cpu - sum(need.cpu for need in needs),
            self.size.memory - sum(need.memory for need in needs),
            self.size.gpus - sum(need.gpus for need in needs),
        )

    def fits(self, need: InstanceSize) -> bool:
        """Whether a task with this need can be placed here."""
        free = self.free
        return free.cpu >= need.cpu and free.memory >= need.memory and free.gpus >= need.gpus


def _definition_key(task: dict[str, Any]) -> Any:
    return ecs._resolve_td_key(task["taskDefinitionArn"])


def need_of(definition: dict[str, Any] | None) -> InstanceSize:
    """What a task of this definition needs."""
    containers = (definition or {}).get("containerDefinitions", [])
    gpus = [
        int(each["value"])
        for container in containers
        for each in container.get("resourceRequirements") or []
        if each["type"] == "GPU"
    ]
    cpu = (definition or {}).get("cpu") or sum(int(each.get("cpu") or 0) for each in containers)
    memory = (definition or {}).get("memory") or sum(
        int(each.get("memory") or each.get("memoryReservation") or 0) for each in containers
    )
    return InstanceSize(int(cpu), int(memory), sum(gpus))


def groups_of(cluster: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Gives each capacity provider of a cluster that has a group: name, provider, Auto Scaling group."""
    for name in (ecs._clusters.get(cluster) or {}).get("capacityProviders", []):
        provider = (ecs._capacity_providers.get(name) or {}).get("autoScalingGroupProvider", {})
        group = autoscaling._asgs.get(provider.get("autoScalingGroupArn", "").rsplit("/", 1)[-1])
        if group is not None:
            yield name, provider, group


def list_instances(cluster: str) -> list[ContainerInstance]:
    """Lists the instances of a cluster, with the tasks that run on them."""
    running = [task for task in list(ecs._tasks.values()) if task["lastStatus"] != "STOPPED"]
    found = []
    for provider, _, group in groups_of(cluster):
        autoscaling._reconcile_instances(group)
        for instance in group["Instances"]:
            instance_type = instance.setdefault("InstanceType", _type_of(group))
            arn = _instance_arn(cluster, instance["InstanceId"])
            found.append(
                ContainerInstance(
                    arn=arn,
                    instance_id=instance["InstanceId"],
                    instance_type=instance_type,
                    zone=instance["AvailabilityZone"],
                    provider=provider,
                    size=SIZES.get(instance_type, _OTHER),
                    tasks=[task for task in running if task.get("containerInstanceArn") == arn],
                )
            )
    return found


def _type_of(group: dict[str, Any]) -> str:
    template = ec2._launch_templates.get((group.get("LaunchTemplate") or {}).get("LaunchTemplateId", ""))
    versions = (template or {}).get("Versions") or [{}]
    return str((versions[-1].get("LaunchTemplateData") or {}).get("InstanceType", "g4dn.xlarge"))


def _instance_arn(cluster: str, instance_id: str) -> str:
    number = uuid.uuid5(uuid.NAMESPACE_URL, instance_id).hex
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:container-instance/{cluster}/{number}"


def _list(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    return json_response({"containerInstanceArns": [each.arn for each in list_instances(cluster)]})


def _describe(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    wanted = {reference.rsplit("/", 1)[-1] for reference in data.get("containerInstances", [])}
    found = [each for each in list_instances(cluster) if each.arn.rsplit("/", 1)[-1] in wanted]
    return json_response({"containerInstances": [_to_wire(each) for each in found], "failures": []})


def _to_wire(instance: ContainerInstance) -> dict[str, Any]:
    return {
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.instance_id,
        "capacityProviderName": instance.provider,
        "status": "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": sum(task["lastStatus"] == "RUNNING" for task in instance.tasks),
        "pendingTasksCount": sum(task["lastStatus"] != "RUNNING" for task in instance.tasks),
        "registeredResources": _resources(instance, instance.size),
        "remainingResources": _resources(instance, instance.free),
        "attributes": [
            {"name": "ecs.instance-type", "value": instance.instance_type},
            {"name": "ecs.availability-zone", "value": instance.zone},
        ],
    }


def _resources(instance: ContainerInstance, size: InstanceSize) -> list[dict[str, Any]]:
    gpus = [f"GPU-{instance.instance_id[2:10]}-{number}" for number in range(size.gpus)]
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": size.cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": size.memory},
        {"name": "GPU", "type": "STRINGSET", "stringSetValue": gpus},
    ]


def install() -> None:
    """Answers ListContainerInstances and DescribeContainerInstances."""
    ecs._ACTION_MAP["ListContainerInstances"] = _list
    ecs._ACTION_MAP["DescribeContainerInstances"] = _describe
