"""Manifests, blobs and tags of the registry.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
"""

import hashlib
import json

from local_aws.ecr.blobs import find_blob
from local_aws.ecr.images import find_image, images_of, put_image
from local_aws.ecr.registry.message import Answer, RegistryError, Request
from local_aws.ecr.registry.routes import add_route
from local_aws.ecr.repositories import find_repository


async def _get_blob(request: Request) -> Answer:
    find_repository(request.repository)
    blob = find_blob(request.repository, request.reference)
    if blob is None:
        raise RegistryError(404, "BLOB_UNKNOWN", f"blob {request.reference} does not exist")
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(blob.size),
        "Docker-Content-Digest": request.reference,
    }
    return Answer(200, headers, blob.path)


async def _get_manifest(request: Request) -> Answer:
    find_repository(request.repository)
    key = "imageDigest" if request.reference.startswith("sha256:") else "imageTag"
    image = find_image(request.repository, {key: request.reference})
    if image is None:
        raise RegistryError(404, "MANIFEST_UNKNOWN", "Requested image not found")
    headers = {
        "Content-Type": image["imageManifestMediaType"],
        "Docker-Content-Digest": image["imageDigest"],
    }
    return Answer(200, headers, image["imageManifest"].encode())


async def _put_manifest(request: Request) -> Answer:
    raw = await request.read_body()
    digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    by_digest = request.reference.startswith("sha256:")
    if by_digest and request.reference != digest:
        raise RegistryError(400, "DIGEST_INVALID", f"the manifest's digest is {digest}")
    tag, kind = None if by_digest else request.reference, request.headers.get("content-type")
    manifest = json.loads(put_image(request.repository, raw, kind, tag)["imageManifest"])
    headers = {
        "Location": f"/v2/{request.repository}/manifests/{digest}",
        "Docker-Content-Digest": digest,
    }
    if "subject" in manifest:
        headers["OCI-Subject"] = manifest["subject"]["digest"]
    return Answer(201, headers)


async def _list_tags(request: Request) -> Answer:
    find_repository(request.repository)
    tags = (tag for image in images_of(request.repository) for tag in image["imageTags"])
    after = sorted(tag for tag in tags if tag > request.query.get("last", ""))
    asked = request.query.get("n", str(len(after) or 1))
    if not asked.isdigit() or int(asked) == 0:
        raise RegistryError(400, "PAGINATION_NUMBER_INVALID", f"n: expected 1 or more, got {asked}")
    size = int(asked)
    headers = {"Content-Type": "application/json"}
    if after[size:]:
        path = f"/v2/{request.repository}/tags/list?n={size}&last={after[size - 1]}"
        headers["Link"] = f'<{path}>; rel="next"'
    return Answer(200, headers, json.dumps({"name": request.repository, "tags": after[:size]}).encode())


def install() -> None:
    """Adds the paths of manifests, blobs and tags."""
    for method in ("GET", "HEAD"):
        add_route(method, "blobs/(?P<reference>sha256:[0-9a-f]{64})", _get_blob)
        add_route(method, "manifests/(?P<reference>[^/]+)", _get_manifest)
    add_route("PUT", "manifests/(?P<reference>[^/]+)", _put_manifest)
    add_route("GET", "tags/list", _list_tags)
