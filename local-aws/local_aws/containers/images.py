"""Images of the local registry, found by reference and unpacked once for the tasks that run them."""

import io
import json
import os
import platform
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ministack.services import ecr

from local_aws.containers.layers import apply_layer
from local_aws.ecr.blobs import FileBlob

_ARCHITECTURES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}
_lock = threading.Lock()
# Digest -> held while that image is unpacked.
_unpacking: dict[str, threading.Lock] = {}


class ImageNotFoundError(Exception):
    """Names which image is not in the registry, in the words of a container runtime."""


@dataclass(frozen=True)
class Image:
    """An image in the registry: its repository, the digest of its manifest, and the manifest."""

    repository: str
    digest: str
    manifest: dict[str, Any]


@dataclass(frozen=True)
class UnpackedImage:
    """An image on disk: the folder of its file system, and the settings of its config."""

    root: Path
    settings: dict[str, Any]


def find_image(reference: str) -> Image:
    """Finds an image of the request's account by `HOST/REPOSITORY:TAG` or `HOST/REPOSITORY@DIGEST`."""
    repository, _, wanted = reference.partition("/")[2].partition("@")
    if not wanted:
        repository, _, wanted = repository.partition(":")
    return _resolve(reference, repository, wanted or "latest")


def _resolve(reference: str, repository: str, wanted: str) -> Image:
    digest, text, _ = ecr._resolve_manifest(repository, wanted)
    if not digest:
        raise ImageNotFoundError(f"{reference}: not found")
    manifest = json.loads(text)
    if "manifests" in manifest:
        return _resolve(reference, repository, _choose(reference, manifest))
    return Image(repository, digest, manifest)


def _choose(reference: str, index: dict[str, Any]) -> str:
    machine = platform.machine()
    ours = {"os": "linux", "architecture": _ARCHITECTURES.get(machine, machine)}
    for descriptor in index["manifests"]:
        if ours.items() <= (descriptor.get("platform") or ours).items():
            return str(descriptor["digest"])
    raise ImageNotFoundError(f"{reference}: no match for platform in manifest: not found")


def unpack_image(image: Image) -> UnpackedImage:
    """Unpacks the layers below STATE_DIR, once an image; later tasks share them."""
    folder = Path(os.environ["STATE_DIR"]) / "images" / image.digest.replace(":", "-")
    with _lock:
        unpacking = _unpacking.setdefault(image.digest, threading.Lock())
    with unpacking:
        with _open_blob(image, image.manifest["config"]) as file:
            settings = json.load(file).get("config") or {}
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            for layer in image.manifest["layers"]:
                with _open_blob(image, layer) as file:
                    apply_layer(file, partial)
            partial.rename(folder)
    return UnpackedImage(folder, settings)


def _open_blob(image: Image, descriptor: dict[str, Any]) -> IO[bytes]:
    blob = ecr._layer_blobs[image.repository][descriptor["digest"]]
    return blob.path.open("rb") if isinstance(blob, FileBlob) else io.BytesIO(blob)
