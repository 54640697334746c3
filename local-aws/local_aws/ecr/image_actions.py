"""The actions of ECR's API that read, add and remove images.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable
from typing import Any

from local_aws.ecr import images as ecr_images
from local_aws.ecr import scans as ecr_scans
from local_aws.ecr.error import EcrError, in_registry
from local_aws.ecr.pagination import page

Data = dict[str, Any]


def _put(data: Data) -> Data:
    repository, tag = data["repositoryName"], data.get("imageTag")
    raw = data["imageManifest"].encode()
    before = ecr_images.find_image(repository, {"imageTag": tag}) if tag else None
    if before and before["imageManifest"] == data["imageManifest"]:
        digest = before["imageDigest"]
        text = f"Image with digest '{digest}' and tag '{tag}' already exists in the repository with name "
        raise EcrError("ImageAlreadyExistsException", f"{text}'{repository}' {in_registry()}")
    image = ecr_images.put_image(repository, raw, data.get("imageManifestMediaType"), tag)
    return {"image": _describe_manifest(image, tag)}


def _describe_manifest(image: Data, tag: str | None) -> Data:
    keys = ("registryId", "repositoryName", "imageManifest", "imageManifestMediaType")
    identifier = {"imageDigest": image["imageDigest"], **({"imageTag": tag} if tag else {})}
    return {"imageId": identifier, **{key: image[key] for key in keys}}


def _failure(identifier: Data, error: EcrError) -> Data:
    code = "ImageNotFound" if error.name == "ImageNotFoundException" else error.name
    reason = "Requested image not found" if code == "ImageNotFound" else str(error)
    return {"imageId": identifier, "failureCode": code, "failureReason": reason}


def _each_image(data: Data, run: Callable[[Data], list[Data]]) -> tuple[list[Data], list[Data]]:
    done: list[Data] = []
    failures: list[Data] = []
    for identifier in data["imageIds"]:
        try:
            done += run(identifier)
        except EcrError as error:
            failures.append(_failure(identifier, error))
    return done, failures


def _batch_get(data: Data) -> Data:
    def get(identifier: Data) -> list[Data]:
        image = ecr_images.require_image(data["repositoryName"], identifier)
        return [_describe_manifest(image, identifier.get("imageTag"))]

    images, failures = _each_image(data, get)
    return {"images": images, "failures": failures}


def _batch_delete(data: Data) -> Data:
    deleted, failures = _each_image(data, lambda each: ecr_images.delete_image(data["repositoryName"], each))
    return {"imageIds": deleted, "failures": failures}


def _has_status(data: Data) -> Callable[[Data], bool]:
    wanted = (data.get("filter") or {}).get("tagStatus", "ANY")
    return lambda image: wanted == "ANY" or bool(image["imageTags"]) == (wanted == "TAGGED")


def _list(data: Data) -> Data:
    identifiers = [
        {"imageDigest": image["imageDigest"], **({"imageTag": tag} if tag else {})}
        for image in filter(_has_status(data), ecr_images.images_of(data["repositoryName"]))
        for tag in image["imageTags"] or [None]
    ]
    return page(data, "imageIds", identifiers)


def _describe(data: Data) -> Data:
    repository = data["repositoryName"]
    if data.get("imageIds"):
        images = [ecr_images.require_image(repository, identifier) for identifier in data["imageIds"]]
    else:
        images = list(filter(_has_status(data), ecr_images.images_of(repository)))
    return page(data, "imageDetails", [_detail(repository, image) for image in images])


def _detail(repository: str, image: Data) -> Data:
    config = ecr_images.manifest_of(image).get("config", {})
    keys = ("registryId", "repositoryName", "imageDigest", "imagePushedAt", "imageManifestMediaType")
    return {
        **{key: image[key] for key in keys},
        **({"imageTags": image["imageTags"]} if image["imageTags"] else {}),
        **({"artifactMediaType": config["mediaType"]} if "mediaType" in config else {}),
        "imageSizeInBytes": ecr_images.size_bytes(repository, image),
        **ecr_scans.summarize(image),
    }


def _start_scan(data: Data) -> Data:
    image = ecr_images.require_image(data["repositoryName"], data["imageId"])
    return {**_scanned(data, image), "imageScanStatus": ecr_scans.start_scan(image)}


def _describe_scan(data: Data) -> Data:
    repository = data["repositoryName"]
    image = ecr_images.require_image(repository, data["imageId"])
    found = ecr_scans.describe_findings(repository, image, ecr_images.render_id(data["imageId"]))
    if "imageScanFindings" in found:
        cut = page(data, "findings", found["imageScanFindings"].pop("findings"))
        found["imageScanFindings"]["findings"] = cut.pop("findings")
        found |= cut
    return {**_scanned(data, image), **found}


def set_scan(data: Data) -> None:
    """Sets what the scan of an image goes through and finds."""
    try:
        image = ecr_images.require_image(data["repositoryName"], data["imageId"])
    except EcrError as error:
        raise ValueError(str(error)) from None
    ecr_scans.plan_scan(image, data["statuses"], data.get("findings", []), data.get("description"))


def _scanned(data: Data, image: Data) -> Data:
    keys = ("registryId", "repositoryName")
    identifier = {**data["imageId"], "imageDigest": image["imageDigest"]}
    return {"imageId": identifier, **{key: image[key] for key in keys}}


ACTIONS: dict[str, Callable[[Data], Data]] = {
    "BatchDeleteImage": _batch_delete,
    "BatchGetImage": _batch_get,
    "DescribeImages": _describe,
    "DescribeImageScanFindings": _describe_scan,
    "ListImages": _list,
    "PutImage": _put,
    "StartImageScan": _start_scan,
}
