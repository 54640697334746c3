"""Images of the local registry, found by reference and unpacked once for the tasks that run them."""

import io
import json
import os
import shutil
import tarfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ministack.services import ecr

from local_aws.ecr_blobs import FileBlob

_lock = threading.Lock()


class ImageNotFoundError(Exception):
    """Tells which image is not in the registry, in the words of a container runtime."""


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
    digest, manifest, _ = ecr._resolve_manifest(repository, wanted or "latest")
    if not digest:
        raise ImageNotFoundError(f"{reference}: not found")
    return Image(repository, digest, json.loads(manifest))


def unpack_image(image: Image) -> UnpackedImage:
    """Unpacks the layers below STATE_DIR, once an image; later tasks share them."""
    folder = Path(os.environ["STATE_DIR"]) / "images" / image.digest.replace(":", "-")
    with _lock:
        with _open_blob(image, image.manifest["config"]) as file:
            settings = json.load(file).get("config") or {}
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            for layer in image.manifest["layers"]:
                with _open_blob(image, layer) as file, tarfile.open(fileobj=file, mode="r|*") as tar:
                    _apply_layer(tar, partial)
            partial.rename(folder)
    return UnpackedImage(folder, settings)


def _open_blob(image: Image, descriptor: dict[str, Any]) -> IO[bytes]:
    blob = ecr._layer_blobs[image.repository][descriptor["digest"]]
    return blob.path.open("rb") if isinstance(blob, FileBlob) else io.BytesIO(blob)


# https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
def _apply_layer(tar: tarfile.TarFile, root: Path) -> None:
    for member in tar:
        name = Path(member.name)
        if name.name == ".wh..wh..opq":
            for path in (root / name.parent).glob("*"):
                _remove(path)
        elif name.name.startswith(".wh."):
            _remove(root / name.parent / name.name.removeprefix(".wh."))
        elif member.isfile() or member.isdir() or member.issym() or member.islnk():
            tar.extract(member, root, filter="tar")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
