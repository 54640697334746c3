"""A cluster that holds services, tasks or container instances is not deleted.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
"""

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import ecs

from local_aws.core.wrapping import Original, wrap
from local_aws.ecs.instances.container_instances import list_instances


def _delete_cluster(original: Original, data: dict[str, Any]) -> Any:
    name = ecs._resolve_cluster_name(data.get("cluster", "default")) or ""
    kind, word = _contents(name)
    if kind:
        text = f"The Cluster cannot be deleted while {word}."
        return error_response_json(f"ClusterContains{kind}Exception", text, 400)
    return original(data)


def _contents(cluster: str) -> tuple[str, str]:
    arn = (ecs._clusters.get(cluster) or {}).get("clusterArn")
    if any(each["clusterArn"] == arn and each["status"] != "INACTIVE" for each in ecs._services.values()):
        return "Services", "Services are active"
    if any(each["clusterArn"] == arn and each["lastStatus"] != "STOPPED" for each in ecs._tasks.values()):
        return "Tasks", "Tasks are active"
    if list_instances(cluster):
        return "ContainerInstances", "Container Instances are active or draining"
    return "", ""


def install() -> None:
    """Refuses to delete a cluster that holds something."""
    wrap(ecs, "_delete_cluster", _delete_cluster)
