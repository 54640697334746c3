"""Refuses to delete buckets and repositories that are not empty.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-delete-stack-fails
"""

from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import ecr
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation.actions import service_error
from local_aws.cloudformation.schema.validation import is_empty
from local_aws.core.wrapping import Original, wrap


def _bucket(original: Original, physical_id: str, properties: dict[str, Any]) -> None:
    if not is_empty(physical_id):
        raise service_error("The bucket you tried to delete is not empty", "S3", 409)
    original(physical_id, properties)


def _repository(original: Original, physical_id: str, properties: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
    emptied = str(properties.get("EmptyOnDelete", False)).lower() == "true"
    if ecr._images.get(physical_id) and not emptied:
        name = f"The repository with name '{physical_id}' in registry with id '{get_account_id()}'"
        raise service_error(f"{name} cannot be deleted because it still contains images", "Ecr", 400)
    original(physical_id, properties)


def install() -> None:
    """Checks both before a deletion."""
    handlers = provisioners._RESOURCE_HANDLERS
    for resource_type, check in (("AWS::S3::Bucket", _bucket), ("AWS::ECR::Repository", _repository)):
        wrap(handlers[resource_type], "delete", check)
