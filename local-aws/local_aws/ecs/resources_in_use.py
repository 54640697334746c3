"""What is in use is not deleted: clusters, capacity providers, groups and target groups.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import alb, autoscaling, ecs

from local_aws.ecs.instances.container_instances import list_instances
from local_aws.load_balancing.target_descriptions import is_in_use


def _delete_cluster(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def delete(data: dict[str, Any]) -> Any:
        name = ecs._resolve_cluster_name(data.get("cluster", "default")) or ""
        kind, word = _contents(name)
        if kind:
            text = f"The Cluster cannot be deleted while {word}."
            return error_response_json(f"ClusterContains{kind}Exception", text, 400)
        return original(data)

    return delete


def _contents(cluster: str) -> tuple[str, str]:
    arn = (ecs._clusters.get(cluster) or {}).get("clusterArn")
    if any(each["clusterArn"] == arn and each["status"] != "INACTIVE" for each in ecs._services.values()):
        return "Services", "Services are active"
    if any(each["clusterArn"] == arn and each["lastStatus"] != "STOPPED" for each in ecs._tasks.values()):
        return "Tasks", "Tasks are active"
    if list_instances(cluster):
        return "ContainerInstances", "Container Instances are active or draining"
    return "", ""


def _delete_provider(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def delete(data: dict[str, Any]) -> Any:
        name = ecs._resolve_capacity_provider_name(data.get("capacityProvider", ""))
        if any(name in each.get("capacityProviders", []) for each in ecs._clusters.values()):
            text = "The specified capacity provider is in use and cannot be removed."
            return error_response_json("InvalidParameterException", text, 400)
        return original(data)

    return delete


def _delete_group(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def delete(params: Any) -> Any:
        group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
        if group and group["Instances"] and autoscaling._p(params, "ForceDelete") != "true":
            text = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance "
            return autoscaling._error("ResourceInUse", f"{text}request(s) still in the group.")
        return original(params)

    return delete


def _delete_target_group(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def delete(params: Any) -> Any:
        arn = alb._p(params, "TargetGroupArn")
        if arn in alb._tgs and is_in_use(arn):
            text = f"Target group '{arn}' is currently in use by a listener or a rule"
            return alb._error("ResourceInUse", text)
        return original(params)

    return delete


def install() -> None:
    """Refuses deletions that AWS refuses."""
    ecs._delete_cluster = ecs._ACTION_MAP["DeleteCluster"] = _delete_cluster(ecs._delete_cluster)
    ecs._delete_capacity_provider = _delete_provider(ecs._delete_capacity_provider)
    ecs._ACTION_MAP["DeleteCapacityProvider"] = ecs._delete_capacity_provider
    actions = autoscaling._ACTION_MAP
    actions["DeleteAutoScalingGroup"] = _delete_group(actions["DeleteAutoScalingGroup"])
    alb._ACTION_MAP["DeleteTargetGroup"] = _delete_target_group(alb._ACTION_MAP["DeleteTargetGroup"])
