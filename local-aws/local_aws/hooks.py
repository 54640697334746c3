"""The one place that puts our modules onto ministack, and refuses a ministack that it does not know."""

from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules, resolve_name

import local_aws
from local_aws.hooked_names import read_hooked_names

EXPECTED_VERSION = "1.5.33"

# Our modules, in the order of installing: where several go around one thing, the later one is asked first.
MODULES = (
    "local_aws.saved_state",
    "local_aws.local_paths",
    "local_aws.control",
    "local_aws.missing_apis",
    "local_aws.ecr_controls",
    "local_aws.ecr",
    "local_aws.ecr_blobs",
    "local_aws.registry",
    "local_aws.registry_images",
    "local_aws.registry_uploads",
    "local_aws.ec2_capacity",
    "local_aws.scaling_activities",
    "local_aws.autoscaling_instances",
    "local_aws.target_health",
    "local_aws.target_draining",
    "local_aws.target_descriptions",
    "local_aws.task_secrets",
    "local_aws.ecs_tasks",
    "local_aws.task_stop",
    "local_aws.container_instances",
    "local_aws.ecs_placement",
    "local_aws.service_deployments",
    "local_aws.ecs_services",
    "local_aws.task_definitions",
    "local_aws.ecs_scheduler",
    "local_aws.capacity_providers",
    "local_aws.resources_in_use",
    "local_aws.cloudformation_ecs",
    "local_aws.cloudformation_autoscaling",
    "local_aws.application_autoscaling",
    "local_aws.autoscaling_processes",
    "local_aws.autoscaling_groups",
    "local_aws.cloudformation_application_autoscaling",
    "local_aws.data_plane",
    "local_aws.load_balancers",
    "local_aws.cloudformation_network",
    "local_aws.s3_versions",
    "local_aws.athena",
    "local_aws.athena_ctas",
    "local_aws.cloudformation_validation",
    "local_aws.cloudformation_events",
    "local_aws.cloudformation_conditions",
    "local_aws.cloudformation_template",
    "local_aws.cloudformation_template_url",
    "local_aws.cloudformation_parameters",
    "local_aws.cloudformation_exports",
    "local_aws.cloudformation_iam",
    "local_aws.cloudformation_athena",
    "local_aws.cloudformation_budgets",
    "local_aws.cloudformation_attributes",
    "local_aws.cloudformation_provisioning",
    "local_aws.cloudformation_stack_policy",
    "local_aws.cloudformation_deletion",
    "local_aws.cloudformation_change_sets",
    "local_aws.cloudformation_changes",
    "local_aws.cloudformation_replacement",
    "local_aws.cloudformation_operations",
    "local_aws.cloudformation_update_events",
    "local_aws.cloudformation_stack_status",
    "local_aws.page",
    "local_aws.shutdown",
    # Last: it guards what all others have installed.
    "local_aws.defects",
)


class HookError(Exception):
    """Tells which part of ministack is not as expected."""


def check() -> None:
    """Raises HookError where ministack's version is another, or lacks a name that a module of ours uses."""
    found = version("ministack")
    if found != EXPECTED_VERSION:
        raise HookError(
            f"ministack: expected version {EXPECTED_VERSION}, found {found}; run the set-up again"
        )
    for module in sorted(f"local_aws.{each.name}" for each in iter_modules(local_aws.__path__)):
        for name in read_hooked_names(module):
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
