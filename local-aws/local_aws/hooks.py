"""The one place that puts our modules onto ministack, and refuses a ministack that it does not know."""

from importlib import import_module
from importlib.metadata import version

EXPECTED_VERSION = "1.5.33"

# Module of ours -> the private names of ministack that it replaces or calls, as `module:name`.
MODULES: dict[str, tuple[str, ...]] = {
    "local_aws.ecr": (
        "ministack.services.ecr:_get_authorization_token",
        "ministack.services.ecr:_repo_uri",
    ),
    "local_aws.ecr_blobs": (
        "ministack.services.ecr:_layer_blobs",
        "ministack.services.ecr:_query_first",
        "ministack.services.ecr:_registry_error",
        "ministack.services.ecr:_registry_ok",
        "ministack.services.ecr:_uploads",
        "ministack.services.ecr:_v2_complete_blob_upload",
        "ministack.services.ecr:_v2_get_blob",
        "ministack.services.ecr:_v2_start_blob_upload",
    ),
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
        for name in names:
            place, _, attribute = name.partition(":")
            if not hasattr(import_module(place), attribute):
                raise HookError(f"{module}: expected {name} in ministack {found}, found no such name")


def install() -> None:
    """Checks ministack, then installs each of our modules."""
    check()
    for module in MODULES:
        import_module(module).install()
