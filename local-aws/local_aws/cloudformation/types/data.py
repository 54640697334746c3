"""CloudFormation: the tags of buckets, repositories and log groups, and how they are imported."""

from typing import Any

from ministack.services import cloudformation, cloudwatch_logs, ecr, s3
from ministack.services.cloudformation import changesets, provisioners, stacks

from local_aws.core.wrapping import Original, wrap

_BUCKET, _REPOSITORY = "AWS::S3::Bucket", "AWS::ECR::Repository"


def _import(identifier: dict[str, str]) -> tuple[str, dict[str, str]]:
    repository = ecr._repositories[identifier["RepositoryName"]]
    attributes = {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}
    return identifier["RepositoryName"], attributes


def _problem(name: str) -> str | None:
    text = changesets._IMPORT_NOT_FOUND.format(type=_REPOSITORY, value=name)
    return None if name in ecr._repositories else str(text)


def _tagged(original: Original, *args: Any) -> Any:
    made = original(*args)
    s3._bucket_tags[made[0]] = provisioners._tag_map(args[-2].get("Tags"))
    return made


def _adopted(
    original: Original, stack_id: str, stack: str, logical_id: str, resource_type: str, identifier: Any
) -> Any:
    made = name, _ = original(stack_id, stack, logical_id, resource_type, identifier)
    tags = cloudformation._stacks[stack].get("Tags", [])
    own = provisioners._with_stack_tags(resource_type, {}, tags, stack, stack_id, logical_id).get("Tags")
    if resource_type == _BUCKET:
        s3._bucket_tags[name] = s3._bucket_tags.get(name, {}) | provisioners._tag_map(own)
    elif resource_type == _REPOSITORY:
        ecr._tag_resource({"resourceArn": made[1]["Arn"], "tags": own})
    elif resource_type == "AWS::Logs::LogGroup":
        cloudwatch_logs._log_groups[name]["tags"].update(provisioners._tag_map(own))
    return made


def install() -> None:
    """Tags buckets, lets change sets import repositories, and tags all that they import."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers[_REPOSITORY]["import"] = _import
    changesets._IMPORT_LOOKUPS[_REPOSITORY] = (("RepositoryName",), _problem)
    provisioners._STACK_TAG_PROPERTY[_BUCKET] = ("Tags", "list")
    for action in ("create", "update"):
        wrap(handlers[_BUCKET], action, _tagged)
    wrap(stacks, "_adopt_resource", _adopted)
