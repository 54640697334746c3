"""Images of ECR: a manifest is accepted only if everything it names exists; its blobs are deleted with it.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
"""

import hashlib
import json
import time
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import ecr

from local_aws.ecr import scans as ecr_scans
from local_aws.ecr.blobs import find_blob, release
from local_aws.ecr.error import EcrError, in_registry, invalid_parameter
from local_aws.ecr.repositories import find_repository, is_immutable

Data = dict[str, Any]

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def images_of(repository: str) -> list[Data]:
    """Lists the images of a repository of this account, in the order of their pushes."""
    found: list[Data] = ecr._images.get(repository, [])
    return found


def find_image(repository: str, identifier: Data) -> Data | None:
    """Finds an image by its digest, its tag, or both together."""
    digest, tag = identifier.get("imageDigest"), identifier.get("imageTag")
    for image in images_of(repository):
        if digest in (None, image["imageDigest"]) and (tag is None or tag in image["imageTags"]):
            return image if digest or tag else None
    return None


def require_image(repository: str, identifier: Data) -> Data:
    """Finds an image as `find_image` does; raises if it does not exist."""
    image = find_image(repository, identifier)
    if image is None:
        place = f"within the repository with name '{repository}' {in_registry()}"
        text = f"The image with imageId {render_id(identifier)} does not exist {place}"
        raise EcrError("ImageNotFoundException", text)
    return image


def render_id(identifier: Data) -> str:
    """Renders an image identifier as ECR's messages do."""
    digest, tag = identifier.get("imageDigest", "null"), identifier.get("imageTag", "null")
    return f"{{imageDigest:'{digest}', imageTag:'{tag}'}}"


def put_image(repository: str, raw: bytes, media_type: str | None, tag: str | None) -> Data:
    """Stores a manifest and returns its image; raises if a part is missing or the tag cannot move."""
    settings = find_repository(repository)
    manifest = _parse(raw)
    _check_parts(repository, manifest)
    digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if tag and is_immutable(settings, tag) and find_image(repository, {"imageTag": tag}):
        place = f"already exists in the '{repository}' repository"
        text = f"The image tag '{tag}' {place} and cannot be overwritten because the tag is immutable."
        raise EcrError("ImageTagAlreadyExistsException", text)
    image = find_image(repository, {"imageDigest": digest})
    if image is None:
        kind = media_type or manifest.get("mediaType") or DOCKER_MANIFEST
        image = _add(repository, raw, digest, kind)
        if settings["imageScanningConfiguration"].get("scanOnPush"):
            ecr_scans.start_scan(image)
    if tag:
        _move_tag(repository, tag, image)
    return image


def _parse(raw: bytes) -> Data:
    """Parses a manifest; raises where a part of it has no digest or no size."""
    try:
        manifest: Data = json.loads(raw.decode())
        parts = [*_parts_of(manifest), *manifest.get("manifests", [])]
        sound = [isinstance(each["digest"], str) and isinstance(each["size"], int) for each in parts]
        if manifest["schemaVersion"] == 2 and all(sound):
            return manifest
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise invalid_parameter("ImageManifest", "Invalid JSON syntax")


def _parts_of(manifest: Data) -> list[Data]:
    config = [manifest["config"]] if "config" in manifest else []
    return [*config, *manifest.get("layers", [])]


def blob_digests(manifest: Data) -> list[str]:
    """Lists the blobs that a manifest names: its config, and layers without addresses of their own."""
    return [part["digest"] for part in _parts_of(manifest) if not part.get("urls")]


def _check_parts(repository: str, manifest: Data) -> None:
    place = f"required for pushing image into repository with name '{repository}' {in_registry()}"
    layers = [each for each in blob_digests(manifest) if find_blob(repository, each) is None]
    if layers:
        text = f"Layers with digests '[{', '.join(layers)}]' {place} do not exist"
        raise EcrError("LayersNotFoundException", text)
    listed = [each["digest"] for each in manifest.get("manifests", [])]
    images = [each for each in listed if find_image(repository, {"imageDigest": each}) is None]
    if images:
        text = f"Images with digests '[{', '.join(images)}]' {place} do not exist"
        raise EcrError("ReferencedImagesNotFoundException", text)


def _add(repository: str, raw: bytes, digest: str, media_type: str) -> Data:
    image = {
        "registryId": get_account_id(),
        "repositoryName": repository,
        "imageId": {"imageDigest": digest},
        "imageDigest": digest,
        "imageManifest": raw.decode(),
        "imageManifestMediaType": media_type,
        "imageTags": [],
        "imagePushedAt": time.time(),
    }
    images_of(repository).append(image)
    ecr._manifest_blobs.setdefault(repository, {})[digest] = raw
    return image


def _move_tag(repository: str, tag: str, image: Data) -> None:
    for each in images_of(repository):
        if tag in each["imageTags"]:
            each["imageTags"].remove(tag)
    image["imageTags"].append(tag)


def delete_image(repository: str, identifier: Data) -> list[Data]:
    """Deletes an image, or only a tag where it has others; returns the deleted identifiers."""
    image = require_image(repository, identifier)
    digest, tag = image["imageDigest"], identifier.get("imageTag")
    if tag and "imageDigest" not in identifier and len(image["imageTags"]) > 1:
        image["imageTags"].remove(tag)
        return [{"imageDigest": digest, "imageTag": tag}]
    lists = [each["imageDigest"] for each in images_of(repository) if digest in _listed(each)]
    if lists:
        text = f"Requested image referenced by manifest list: [{', '.join(lists)}]"
        raise EcrError("ImageReferencedByManifestList", text)
    images_of(repository).remove(image)
    ecr._manifest_blobs[repository].pop(digest, None)
    # Blobs of a push that has not come to its manifest yet stay.
    kept = {blob for each in images_of(repository) for blob in blob_digests(manifest_of(each))}
    release(repository, [each for each in blob_digests(manifest_of(image)) if each not in kept])
    tags = image["imageTags"]
    return [{"imageDigest": digest, "imageTag": each} for each in tags] or [{"imageDigest": digest}]


def manifest_of(image: Data) -> Data:
    """Parses the manifest of an image."""
    manifest: Data = json.loads(image["imageManifest"])
    return manifest


def _listed(image: Data) -> list[str]:
    return [each["digest"] for each in manifest_of(image).get("manifests", [])]


def size_bytes(repository: str, image: Data) -> int:
    """The sum of an image's layers; of a list of images the largest."""
    manifest = manifest_of(image)
    inner = [find_image(repository, {"imageDigest": digest}) for digest in _listed(image)]
    largest = max((size_bytes(repository, each) for each in inner if each), default=0)
    return largest or sum(layer["size"] for layer in manifest.get("layers", []))
