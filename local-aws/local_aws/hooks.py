"""Installs our modules on ministack, and refuses a ministack that is not as expected."""

from importlib import import_module
from importlib.metadata import version
from pkgutil import resolve_name, walk_packages

import local_aws
from local_aws.core.hooked_names import read_hooked_names
from local_aws.core.settings import StartError

EXPECTED_VERSION = "1.5.33"

# Our modules by package, in the order of installation: of several that wrap one function, the last one is
# called first.
MODULES = (
    ("local_aws.core", "saved_state local_paths missing_apis"),
    ("local_aws.ecr", "actions blobs registry.routes registry.images registry.uploads"),
    ("local_aws.autoscaling", "ec2_capacity activities instances schedules processes groups"),
    ("local_aws.load_balancing", "target_health target_draining target_descriptions data_plane"),
    ("local_aws.load_balancing", "load_balancers"),
    ("local_aws.ecs.tasks", "secrets containers stop"),
    ("local_aws.ecs.instances", "container_instances placement capacity_providers"),
    ("local_aws.ecs", "clusters services.deployments services.actions tasks.definitions services.scheduler"),
    ("local_aws.application_autoscaling", "targets"),
    ("local_aws.api_gateway", "accounts vpc_links private_integration access_log"),
    ("local_aws.firehose", "subscription delivery"),
    ("local_aws.athena", "queries ctas"),
    ("local_aws.cloudformation.types", "data ecs autoscaling application_autoscaling api_gateway"),
    ("local_aws.cloudformation.types", "load_balancing cloudwatch network account nested"),
    ("local_aws.cloudformation.schema", "validation attributes replacement"),
    ("local_aws.cloudformation.template", "conditions check url parameters"),
    ("local_aws.cloudformation.change_sets", "actions changes"),
    ("local_aws.cloudformation.stacks", "events exports provisioning deletion"),
    ("local_aws.cloudformation.stacks", "operations update_events status"),
    ("local_aws.iam", "decisions registry handlers"),
    ("local_aws", "s3 page.routes"),
    # Last, because it wraps the handlers that the others have installed.
    ("local_aws.core", "defects"),
)


def check() -> None:
    """Raises StartError where ministack's version is another, or lacks a name that a module of ours uses."""
    found = version("ministack")
    if found != EXPECTED_VERSION:
        raise StartError(
            f"ministack: expected version {EXPECTED_VERSION}, found {found}; run the set-up again"
        )
    for module in sorted(each.name for each in walk_packages(local_aws.__path__, "local_aws.")):
        for name in read_hooked_names(module):
            try:
                resolve_name(name)
            except (AttributeError, ImportError):
                text = f"{module}: expected {name} in ministack {found}, found no such name"
                raise StartError(f"{text}; run the set-up again") from None


def install() -> None:
    """Checks ministack, then installs each of our modules."""
    check()
    for package, names in MODULES:
        for name in names.split():
            import_module(f"{package}.{name}").install()
