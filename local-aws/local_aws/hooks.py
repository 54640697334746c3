"""Installs our modules on ministack, and refuses a ministack that is not as expected."""

from importlib import import_module
from importlib.metadata import version
from pkgutil import resolve_name, walk_packages

import local_aws
from local_aws.core.hooked_names import read_hooked_names

EXPECTED_VERSION = "1.5.33"

# Our modules in the order of installation: of several that wrap one function, the last one is called first.
MODULES = (
    "local_aws.core.saved_state",
    "local_aws.core.local_paths",
    "local_aws.core.missing_apis",
    "local_aws.ecr.actions",
    "local_aws.ecr.blobs",
    "local_aws.ecr.registry.routes",
    "local_aws.ecr.registry.images",
    "local_aws.ecr.registry.uploads",
    "local_aws.autoscaling.ec2_capacity",
    "local_aws.autoscaling.activities",
    "local_aws.autoscaling.instances",
    "local_aws.load_balancing.target_health",
    "local_aws.load_balancing.target_draining",
    "local_aws.load_balancing.target_descriptions",
    "local_aws.ecs.tasks.secrets",
    "local_aws.ecs.tasks.containers",
    "local_aws.ecs.tasks.stop",
    "local_aws.ecs.instances.container_instances",
    "local_aws.ecs.instances.placement",
    "local_aws.ecs.services.deployments",
    "local_aws.ecs.services.actions",
    "local_aws.ecs.tasks.definitions",
    "local_aws.ecs.services.scheduler",
    "local_aws.ecs.instances.capacity_providers",
    "local_aws.ecs.clusters",
    "local_aws.cloudformation.types.data",
    "local_aws.cloudformation.types.ecs",
    "local_aws.cloudformation.types.autoscaling",
    "local_aws.application_autoscaling.targets",
    "local_aws.autoscaling.processes",
    "local_aws.autoscaling.groups",
    "local_aws.cloudformation.types.application_autoscaling",
    "local_aws.load_balancing.data_plane",
    "local_aws.api_gateway.accounts",
    "local_aws.api_gateway.vpc_links",
    "local_aws.api_gateway.private_integration",
    "local_aws.api_gateway.access_log",
    "local_aws.cloudformation.types.api_gateway",
    "local_aws.load_balancing.load_balancers",
    "local_aws.cloudformation.types.load_balancing",
    "local_aws.cloudformation.types.cloudwatch",
    "local_aws.cloudformation.types.network",
    "local_aws.s3",
    "local_aws.firehose.subscription",
    "local_aws.firehose.delivery",
    "local_aws.athena.queries",
    "local_aws.athena.ctas",
    "local_aws.cloudformation.schema.validation",
    "local_aws.cloudformation.stacks.events",
    "local_aws.cloudformation.template.conditions",
    "local_aws.cloudformation.template.check",
    "local_aws.cloudformation.template.url",
    "local_aws.cloudformation.template.parameters",
    "local_aws.cloudformation.stacks.exports",
    "local_aws.cloudformation.types.account",
    "local_aws.cloudformation.types.nested",
    "local_aws.cloudformation.schema.attributes",
    "local_aws.cloudformation.stacks.provisioning",
    "local_aws.cloudformation.stacks.deletion",
    "local_aws.cloudformation.change_sets.actions",
    "local_aws.cloudformation.change_sets.changes",
    "local_aws.cloudformation.schema.replacement",
    "local_aws.cloudformation.stacks.operations",
    "local_aws.cloudformation.stacks.update_events",
    "local_aws.cloudformation.stacks.status",
    "local_aws.iam.decisions",
    "local_aws.iam.registry",
    "local_aws.iam.handlers",
    "local_aws.page.routes",
    # Last, because it wraps the handlers that the others have installed.
    "local_aws.core.defects",
)


class HookError(Exception):
    """Names which part of ministack is not as expected."""


def check() -> None:
    """Raises HookError where ministack's version is another, or lacks a name that a module of ours uses."""
    found = version("ministack")
    if found != EXPECTED_VERSION:
        raise HookError(
            f"ministack: expected version {EXPECTED_VERSION}, found {found}; run the set-up again"
        )
    for module in sorted(each.name for each in walk_packages(local_aws.__path__, "local_aws.")):
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
