"""A manifest is taken only when all that it names is there, and an image is as large as its layers.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html
"""

import json
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecr


def _missing_parts(repository: str, manifest: dict[str, Any]) -> list[str]:
    blobs = ecr._layer_blobs.get(repository, {})
    manifests = ecr._manifest_blobs.get(repository, {})
    wanted = [part["digest"] for part in (manifest.get("config"), *manifest.get("layers", [])) if part]
    inner = [part["digest"] for part in manifest.get("manifests", [])]
    missing = [digest for digest in wanted if digest not in blobs]
    return missing + [digest for digest in inner if digest not in manifests]


def _size_bytes(manifest: str) -> int:
    return sum(layer.get("size", 0) for layer in json.loads(manifest).get("layers", []))


def install() -> None:
    """Refuses manifests with missing parts, and gives images their size."""
    put_manifest, describe_images = ecr._v2_put_manifest, ecr._describe_images

    def put_complete_manifest(name: str, ref: str, headers: dict[str, str], body: bytes) -> Any:
        try:
            missing = _missing_parts(name, json.loads(body))
        except (ValueError, KeyError, AttributeError, TypeError):
            return ecr._registry_error(400, "MANIFEST_INVALID", "manifest invalid", {})
        if missing and name in ecr._repositories:
            message = f"manifest references blobs that are not in the repository: {', '.join(missing)}"
            return ecr._registry_error(400, "MANIFEST_BLOB_UNKNOWN", message, {"digest": missing[0]})
        return put_manifest(name, ref, headers, body)

    def describe_images_with_sizes(request: dict[str, Any]) -> Any:
        status, headers, body = describe_images(request)
        if status != 200:
            return status, headers, body
        manifests = {
            image["imageDigest"]: image["imageManifest"]
            for image in ecr._images.get(request["repositoryName"], [])
        }
        answer = json.loads(body)
        for detail in answer["imageDetails"]:
            detail["imageSizeInBytes"] = _size_bytes(manifests[detail["imageDigest"]])
        return json_response(answer)

    ecr._v2_put_manifest = put_complete_manifest
    ecr._describe_images = describe_images_with_sizes
