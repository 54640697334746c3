"""The instances of a cluster, and what is free on them; GPUs are only counted."""

import base64
import binascii
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import autoscaling, ecs

from local_aws.autoscaling.instance_types import InstanceType, find_instance_type
from local_aws.autoscaling.instances import launch_template_data
from local_aws.ecs.tasks.needs import Resources, need_of

_ECS_CLUSTER = re.compile(r"^\s*(?:echo\s+['\"]?)?ECS_CLUSTER=([\w-]+)", re.MULTILINE)

Task = dict[str, Any]


@dataclass(frozen=True)
class Provider:
    """Where a cluster gets instances from: an Auto Scaling group, by a capacity provider or by itself."""

    name: str
    settings: dict[str, Any]
    group: dict[str, Any]

    @property
    def is_managed(self) -> bool:
        """Returns whether ECS sets the group's desired capacity."""
        return bool((self.settings.get("managedScaling") or {}).get("status") == "ENABLED")

    @property
    def drains(self) -> bool:
        """Returns whether ECS moves the tasks of an instance before it ends."""
        return self.settings.get("managedDraining") == "ENABLED"


@dataclass(frozen=True)
class ContainerInstance:
    """One instance of a cluster, as ECS sees it; `record` is that of its group."""

    arn: str
    record: dict[str, Any]
    provider: Provider
    total: Resources
    tasks: list[Task]

    @property
    def instance_id(self) -> str:
        """The id of the EC2 instance."""
        return str(self.record["InstanceId"])

    @property
    def is_draining(self) -> bool:
        """Returns whether it takes no more tasks, since it ends when it has none left."""
        return self.provider.drains and self.record["LifecycleState"] == "Terminating:Wait"

    @property
    def free(self) -> Resources:
        """What its tasks leave."""
        left = self.total
        for task in self.tasks:
            left = left.without(need_of_task(task))
        return left


def need_of_task(task: Task) -> Resources:
    """What a task reserves, by its definition."""
    return need_of(ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])))


def providers_of(cluster: str) -> Iterator[Provider]:
    """Returns the groups of a cluster: of its capacity providers, then those whose user data names it."""
    seen = set()
    for name in (ecs._clusters.get(cluster) or {}).get("capacityProviders", []):
        settings = (ecs._capacity_providers.get(name) or {}).get("autoScalingGroupProvider", {})
        group = autoscaling._asgs.get(settings.get("autoScalingGroupArn", "").rsplit("/", 1)[-1])
        if group is not None:
            seen.add(group["AutoScalingGroupName"])
            yield Provider(name, settings, group)
    for name, group in list(autoscaling._asgs.items()):
        if name not in seen and _names_cluster(group, cluster):
            yield Provider("", {}, group)


def _names_cluster(group: dict[str, Any], cluster: str) -> bool:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html
    try:
        text = base64.b64decode(launch_template_data(group).get("UserData") or "").decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return cluster in _ECS_CLUSTER.findall(text)


def size_of(name: str) -> Resources:
    """What an instance of this type has for tasks; the first network interface is the instance's own."""
    found = find_instance_type(name) or InstanceType(0, 0, 0, 1, "")
    return Resources(found.vcpus * 1024, found.memory, found.gpus, found.interfaces - 1)


def list_instances(cluster: str) -> list[ContainerInstance]:
    """Lists the instances that have registered, with the tasks that run on them."""
    running = [task for task in list(ecs._tasks.values()) if task["lastStatus"] != "STOPPED"]
    found = []
    for provider in providers_of(cluster):
        autoscaling._reconcile_instances(provider.group)
        for record in list(provider.group["Instances"]):
            if record["LifecycleState"] not in ("InService", "Terminating:Wait"):
                continue
            arn = _instance_arn(cluster, record["InstanceId"])
            tasks = [task for task in running if task.get("containerInstanceArn") == arn]
            # Read by the group when it chooses which instance goes.
            record["_busy"] = bool(tasks)
            size = size_of(record["InstanceType"])
            found.append(ContainerInstance(arn, record, provider, size, tasks))
    return found


def _instance_arn(cluster: str, instance_id: str) -> str:
    number = uuid.uuid5(uuid.NAMESPACE_URL, instance_id).hex
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:container-instance/{cluster}/{number}"


def _list(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    return json_response({"containerInstanceArns": [each.arn for each in list_instances(cluster)]})


def _describe(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    found = {each.arn.rsplit("/", 1)[-1]: each for each in list_instances(cluster)}
    wanted = {reference.rsplit("/", 1)[-1]: reference for reference in data.get("containerInstances", [])}
    return json_response(
        {
            "containerInstances": [_to_wire(found[number]) for number in wanted if number in found],
            "failures": [
                {"arn": reference, "reason": "MISSING"}
                for number, reference in wanted.items()
                if number not in found
            ],
        }
    )


def _to_wire(instance: ContainerInstance) -> dict[str, Any]:
    running = sum(task["lastStatus"] == "RUNNING" for task in instance.tasks)
    wire = {
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.instance_id,
        "status": "DRAINING" if instance.is_draining else "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": running,
        "pendingTasksCount": len(instance.tasks) - running,
        "registeredResources": _resources(instance, instance.total),
        "remainingResources": _resources(instance, instance.free),
        "attributes": [
            {"name": "ecs.instance-type", "value": instance.record["InstanceType"]},
            {"name": "ecs.availability-zone", "value": instance.record["AvailabilityZone"]},
        ],
    }
    return wire | ({"capacityProviderName": instance.provider.name} if instance.provider.name else {})


def _resources(instance: ContainerInstance, size: Resources) -> list[dict[str, Any]]:
    gpus = [f"GPU-{instance.instance_id[2:10]}-{number}" for number in range(size.gpus)]
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": size.cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": size.memory},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": sorted(map(str, size.ports))},
        {"name": "GPU", "type": "STRINGSET", "stringSetValue": gpus},
    ]


def install() -> None:
    """Answers ListContainerInstances and DescribeContainerInstances."""
    ecs._ACTION_MAP["ListContainerInstances"] = _list
    ecs._ACTION_MAP["DescribeContainerInstances"] = _describe
