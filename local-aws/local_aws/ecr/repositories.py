"""Repositories of ECR: names, tag mutability, deletion with all that they hold.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""

import re
import time
from fnmatch import fnmatchcase
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import ecr

from local_aws.ecr.blobs import release
from local_aws.ecr.error import EcrError, in_registry, invalid_parameter
from local_aws.ecr.pagination import page

Data = dict[str, Any]

_NAME = r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
_MUTABILITIES = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE", "MUTABLE_WITH_EXCLUSION")
_DEFAULTS: Data = {
    "imageTagMutability": "MUTABLE",
    "imageScanningConfiguration": {"scanOnPush": False},
    "encryptionConfiguration": {"encryptionType": "AES256"},
    "tags": [],
}


def find_repository(name: str) -> Data:
    """Finds a repository of this account; raises if it does not exist."""
    found: Data | None = ecr._repositories.get(name)
    if found is None:
        text = f"The repository with name '{name}' does not exist {in_registry()}"
        raise EcrError("RepositoryNotFoundException", text)
    return found


def create_repository(data: Data) -> Data:
    """Creates a repository; raises where there is one, or where the name is not one of ECR's."""
    name = str(data.get("repositoryName", ""))
    if not re.fullmatch(_NAME, name) or not 2 <= len(name) <= 256:
        raise invalid_parameter("repositoryName", f"must satisfy regular expression '{_NAME}'")
    if name in ecr._repositories:
        text = f"The repository with name '{name}' already exists {in_registry()}"
        raise EcrError("RepositoryAlreadyExistsException", text)
    repository = {
        **_DEFAULTS,
        **{key: data[key] for key in (*_DEFAULTS, "imageTagMutabilityExclusionFilters") if key in data},
        "repositoryArn": ecr._repo_arn(name),
        "registryId": get_account_id(),
        "repositoryName": name,
        "repositoryUri": ecr._repo_uri(name),
        "createdAt": time.time(),
    }
    if repository["imageTagMutability"] not in _MUTABILITIES:
        allowed = f"Member must satisfy enum value set: [{', '.join(_MUTABILITIES)}]"
        raise invalid_parameter("imageTagMutability", allowed)
    ecr._repositories[name] = repository
    ecr._images[name] = []
    return {"repository": _shape(repository)}


def _shape(repository: Data) -> Data:
    return {key: value for key, value in repository.items() if key != "tags"}


def describe_repositories(data: Data) -> Data:
    """Describes the named repositories, or all of this account and region."""
    names = data.get("repositoryNames") or sorted(ecr._repositories.keys())
    return page(data, "repositories", [_shape(find_repository(name)) for name in names])


def delete_repository(data: Data) -> Data:
    """Deletes a repository, its images and blobs; one with images only by force."""
    name = data["repositoryName"]
    repository = find_repository(name)
    if ecr._images.get(name) and not data.get("force"):
        text = f"The repository with name '{name}' {in_registry()} cannot be deleted because it still "
        raise EcrError("RepositoryNotEmptyException", f"{text}contains images")
    release(name, list(ecr._layer_blobs.get(name, {})))
    contents = (ecr._images, ecr._layer_blobs, ecr._manifest_blobs)
    for store in (ecr._repositories, *contents, ecr._lifecycle_policies, ecr._repo_policies):
        store.pop(name, None)
    return {"repository": _shape(repository)}


def is_immutable(repository: Data, tag: str) -> bool:
    """Returns whether a tag of a repository must stay where it is.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """
    filters = repository.get("imageTagMutabilityExclusionFilters") or []
    excepted = any(fnmatchcase(tag, each["filter"]) for each in filters)
    return bool(repository["imageTagMutability"].startswith("IMMUTABLE") != excepted)
