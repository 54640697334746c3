"""Managed scaling: a provider's group grows for tasks that wait, and shrinks when instances are idle.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
"""

import math
import os
import time
from typing import Any

from ministack.services import autoscaling

from local_aws.autoscaling.instances import active_instances, instance_type_of
from local_aws.ecs.events import add_complaint, service_of
from local_aws.ecs.instances.container_instances import (
    ContainerInstance,
    Provider,
    list_instances,
    need_of_task,
    providers_of,
    size_of,
)
from local_aws.ecs.instances.placement import explain, waiting_tasks
from local_aws.ecs.tasks.needs import Resources

# AWS takes about 15 minutes: its alarm wants 15 data points.
IDLE_SECONDS = float(os.environ.get("LOCAL_AWS_SCALE_IN_SECONDS", "2"))


def scale_cluster(cluster: str) -> None:
    """Sets the desired capacity of each managed group by what the tasks of a cluster need."""
    instances = [each for each in list_instances(cluster) if not each.is_draining]
    waiting = waiting_tasks(cluster)
    for provider in providers_of(cluster):
        own = [each for each in instances if each.provider.name == provider.name]
        tasks = [task for task in waiting if task.get("capacityProviderName") == provider.name]
        if provider.settings.get("managedTerminationProtection") == "ENABLED":
            for each in own:
                each.record["ProtectedFromScaleIn"] = bool(each.tasks)
        if provider.is_managed and "AlarmNotification" not in provider.group.get("_suspended", []):
            _scale(cluster, provider, own, tasks)


def _scale(cluster: str, provider: Provider, own: list[ContainerInstance], tasks: list[Any]) -> None:
    empty = size_of(instance_type_of(provider.group))
    # No instance of this type would help a task that needs more than all of one.
    possible = [task for task in tasks if empty.lack_for(need_of_task(task)) is None]
    missing = _missing_instances(provider, own, [need_of_task(task) for task in possible], empty)
    if missing:
        grown = _grow(provider, missing)
        _tell(cluster, provider, tasks if not grown else [])
    elif not tasks:
        _shrink(provider, own)
    if len(possible) < len(tasks):
        _tell(cluster, provider, [task for task in tasks if task not in possible])


def _tell(cluster: str, provider: Provider, tasks: list[Any]) -> None:
    for task in tasks:
        add_complaint(service_of(task), explain(cluster, need_of_task(task), provider))


def _missing_instances(
    provider: Provider, own: list[ContainerInstance], needs: list[Resources], empty: Resources
) -> int:
    """Counts the instances that the waiting tasks need beyond those that run or start."""
    starting = len(active_instances(provider.group)) - len(own)
    free = [each.free for each in own] + [empty] * starting
    known = len(free)
    for need in needs:
        at = next((at for at, left in enumerate(free) if left.lack_for(need) is None), len(free))
        if at == len(free):
            free.append(empty)
        free[at] = free[at].without(need)
    return len(free) - known


def _grow(provider: Provider, missing: int) -> bool:
    """Grows a group by the missing instances; false where its maximum or EC2 stops it."""
    group, scaling = provider.group, provider.settings["managedScaling"]
    before = len(active_instances(group))
    step = max(missing, int(scaling.get("minimumScalingStepSize") or 1))
    step = min(step, int(scaling.get("maximumScalingStepSize") or 10_000))
    wanted = min(before + step, group["MaxSize"])
    if wanted > group["DesiredCapacity"]:
        group.update(DesiredCapacity=wanted, _launch_at=0)
    autoscaling._reconcile_instances(group)
    return len(active_instances(group)) >= before + min(missing, step)


def _shrink(provider: Provider, own: list[ContainerInstance]) -> None:
    now, group, active = time.time(), provider.group, len(active_instances(provider.group))
    for each in own:
        each.record["_idle_since"] = None if each.tasks else each.record.get("_idle_since") or now
    idle = [each for each in own if each.record["_idle_since"] is not None]
    long = [each for each in idle if now - each.record["_idle_since"] >= IDLE_SECONDS]
    busy = len(own) - len(idle)
    # A target below 100 keeps instances in reserve.
    target = int(provider.settings["managedScaling"].get("targetCapacity") or 100)
    least = max(group["MinSize"], math.ceil(busy * 100 / target), active - len(long))
    if least < group["DesiredCapacity"] and len(own) == active:
        group["DesiredCapacity"] = least
        autoscaling._reconcile_instances(group)
