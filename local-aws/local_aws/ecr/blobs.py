"""Blobs of the registry are files, one a digest: a layer of many GB costs no memory.

A file goes when the last repository that holds the blob lets go of it.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from ministack.services import ecr


def _folder() -> Path:
    return Path(os.environ["STATE_DIR"]) / "blobs"


def _place(digest: str) -> Path:
    return _folder() / digest.replace(":", "-")


class FileBlob:
    """A committed blob, with its length in bytes: stands where ministack keeps the bytes."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size

    def __deepcopy__(self, memo: dict[int, Any]) -> "FileBlob":
        return self


class BlobWriter:
    """A blob on its way into a file, hashed as it comes."""

    def __init__(self, name: str) -> None:
        self.size = 0
        self._path = _folder() / "uploads" / name
        self._hash = hashlib.sha256()
        self._file = self._path.open("wb", buffering=0)

    @property
    def digest(self) -> str:
        """The digest of all that was written."""
        return f"sha256:{self._hash.hexdigest()}"

    def write(self, chunk: bytes) -> None:
        """Appends a chunk."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def commit(self, repository: str) -> None:
        """Ends the file: it gets the name of its digest, and a repository of this account holds it."""
        self._file.close()
        path = _place(self.digest)
        self._path.replace(path)
        ecr._layer_blobs.setdefault(repository, {})[self.digest] = FileBlob(path, self.size)

    def discard(self) -> None:
        """Removes what was written."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def find_blob(repository: str, digest: str) -> FileBlob | None:
    """Finds a blob of a repository of this account."""
    found: FileBlob | None = ecr._layer_blobs.get(repository, {}).get(digest)
    return found


def release(repository: str, digests: list[str]) -> None:
    """Lets a repository of this account go of blobs; a file that none holds is removed."""
    blobs = ecr._layer_blobs.get(repository, {})
    for digest in digests:
        blobs.pop(digest, None)
        if not any(digest in held for _, held in ecr._layer_blobs.all_items()):
            _place(digest).unlink(missing_ok=True)


def _install_saved_state() -> None:
    # Saved as sizes: the files stay where they are.
    get_state, load_state = ecr.get_state, ecr.load_persisted_state

    def get_saved_state() -> Any:
        state = get_state()
        for _, blobs in state["layer_blobs"].all_items():
            for digest, blob in blobs.items():
                blobs[digest] = {"sizeBytes": blob.size}
        return state

    def load_saved_state(data: Any) -> None:
        load_state(data)
        for _, blobs in ecr._layer_blobs.all_items():
            for digest, blob in blobs.items():
                if isinstance(blob, dict):
                    blobs[digest] = FileBlob(_place(digest), blob["sizeBytes"])

    ecr.get_state = get_saved_state
    ecr.load_persisted_state = load_saved_state


def install() -> None:
    """Creates the folders below STATE_DIR; upload sessions of an earlier process are gone."""
    shutil.rmtree(_folder() / "uploads", ignore_errors=True)
    (_folder() / "uploads").mkdir(parents=True)
    _install_saved_state()
