"""The one place that puts our modules onto ministack, and refuses a ministack that it does not know."""

from importlib import import_module
from importlib.metadata import version
from pkgutil import resolve_name

from local_aws import cloudformation_hooks
from local_aws.hooked_names import read_hooked_names

EXPECTED_VERSION = "1.5.33"

# Module of ours, in the order of installing -> names of ministack that it leans on, as `module:name`,
# besides those that its own text shows.
MODULES: dict[str, tuple[str, ...]] = {
    "local_aws.saved_state": (),
    "local_aws.local_paths": (),
    "local_aws.control": (),
    "local_aws.missing_apis": (),
    "local_aws.ecr_controls": (),
    "local_aws.ecr": (),
    "local_aws.ecr_blobs": (),
    "local_aws.registry": (),
    "local_aws.registry_images": (),
    "local_aws.registry_uploads": (),
    "local_aws.ecs_tasks": (
        "ministack.services.ecr:_resolve_manifest",
        "ministack.services.ecs:_ImagePullError",
        "ministack.services.ecs:_cleanup_task_resources",
        "ministack.services.ecs:_docker",
        "ministack.services.ecs:_run_docker_container",
    ),
    "local_aws.ecs_events": (
        "ministack.services.ecs:_cluster_name_from_arn",
        "ministack.services.ecs:_mark_task_running",
        "ministack.services.ecs:_mark_task_stopped",
        "ministack.services.ecs:_services",
        "ministack.services.ecs:_task_is_active",
    ),
    "local_aws.container_instances": (
        "ministack.services.autoscaling:_asgs",
        "ministack.services.autoscaling:_reconcile_instances",
        "ministack.services.ec2:_launch_templates",
        "ministack.services.ecs:_ACTION_MAP",
        "ministack.services.ecs:_capacity_providers",
        "ministack.services.ecs:_clusters",
        "ministack.services.ecs:_resolve_cluster_name",
        "ministack.services.ecs:_resolve_td_key",
        "ministack.services.ecs:_task_defs",
        "ministack.services.ecs:_tasks",
    ),
    "local_aws.ecs_placement": ("ministack.services.ecs:_run_task", "ministack.services.ecs:_sanitize"),
    "local_aws.target_health": (
        "ministack.services.alb:_ACTION_MAP",
        "ministack.services.alb:_forward_to_tg",
        "ministack.services.alb:_parse_targets_param",
        "ministack.services.alb:_proxy_http_target",
        "ministack.services.alb:_targets",
        "ministack.services.alb:_tgs",
    ),
    "local_aws.ecs_scheduler": (
        "ministack.services.alb:set_targets_for_group",
        "ministack.services.ecs:_complete_service_deployment",
        "ministack.services.ecs:_make_deployment",
        "ministack.services.ecs:_primary_deployment",
        "ministack.services.ecs:_reconcile_service_tasks",
        "ministack.services.ecs:_resolve_service_ref",
        "ministack.services.ecs:_task_ip",
        "ministack.services.ecs:_update_service",
    ),
    "local_aws.cloudformation_ecs": (
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
        "ministack.services.cloudformation.provisioners:_normalize_container_defs",
        "ministack.services.cloudformation.provisioners:_physical_name",
        "ministack.services.ecs:_create_capacity_provider",
        "ministack.services.ecs:_create_service",
        "ministack.services.ecs:_put_cluster_capacity_providers",
    ),
    "local_aws.cloudformation_autoscaling": (
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    ),
    "local_aws.data_plane": (),
    "local_aws.application_autoscaling": (
        "ministack.app:SERVICE_HANDLERS",
        "ministack.app:SERVICE_REGISTRY",
        "ministack.app:_lazy_handler",
        "ministack.core.router:SERVICE_PATTERNS",
    ),
    "local_aws.autoscaling_processes": (
        "ministack.services.autoscaling:_ACTION_MAP",
        "ministack.services.autoscaling:_asgs",
        "ministack.services.autoscaling:_parse_member_list",
    ),
    "local_aws.cloudformation_application_autoscaling": (
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    ),
    "local_aws.cloudformation_network": (
        "ministack.services.ec2:_addresses",
        "ministack.services.ec2:_allocate_address",
        "ministack.services.ec2:_authorize_sg_egress",
        "ministack.services.ec2:_authorize_sg_ingress",
        "ministack.services.ec2:_create_nat_gateway",
        "ministack.services.ec2:_delete_nat_gateway",
        "ministack.services.ec2:_release_address",
        "ministack.services.ec2:_revoke_sg_egress",
        "ministack.services.ec2:_revoke_sg_ingress",
        "ministack.services.ec2:_security_groups",
    ),
    "local_aws.s3_versions": (),
    "local_aws.athena": (),
    "local_aws.athena_ctas": (),
    **cloudformation_hooks.MODULES,
    "local_aws.page": (),
    # Last: it guards what all others have installed.
    "local_aws.defects": (),
}


class HookError(Exception):
    """Tells which part of ministack is not as expected."""


def check() -> None:
    """Raises HookError where ministack's version or a hooked name differs from what our modules expect."""
    found = version("ministack")
    if found != EXPECTED_VERSION:
        raise HookError(
            f"ministack: expected version {EXPECTED_VERSION}, found {found}; run the set-up again"
        )
    for module, names in MODULES.items():
        for name in (*names, *read_hooked_names(module)):
            try:
                resolve_name(name)
            except (AttributeError, ImportError):
                text = f"{module}: expected {name} in ministack {found}, found no such name"
                raise HookError(f"{text}; run the set-up again") from None


def install() -> None:
    """Checks ministack, then installs each of our modules."""
    check()
    for module in MODULES:
        import_module(module).install()
