"""Layers of images: plain or compressed tar files, applied in order.

https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

import os
import shutil
import tarfile
from copy import copy
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import zstandard

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
# As many as Linux follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html
_MOST_LINKS = 40


def apply_layer(blob: IO[bytes], root: Path) -> None:
    """Applies a layer to what the layers below it left: streams, whatever the layer's size."""
    with _open_tar(blob) as tar:
        # Where a member may lie is found below; Python 3.14 would refuse links that an image may hold.
        vars(tar)["extraction_filter"] = lambda member, _: member
        own: set[str] = set()
        for member in tar:
            _apply(tar, member, root, own)
            # A tar remembers all its members: hundreds of MB for some layers.
            vars(tar)["members"].clear()


def _open_tar(blob: IO[bytes]) -> tarfile.TarFile:
    # By the content of the blob, as container runtimes do: the media type is only what the builder states.
    zstd = blob.read(len(_ZSTD_MAGIC)) == _ZSTD_MAGIC
    blob.seek(0)
    if not zstd:
        return tarfile.open(fileobj=blob, mode="r|*")
    reader = zstandard.ZstdDecompressor().stream_reader(blob, read_across_frames=True)
    return tarfile.open(fileobj=cast(Any, reader), mode="r|")


def _apply(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path, own: set[str]) -> None:
    name = PurePosixPath(member.name)
    folder = find_inside(root, str(name.parent))
    if name.name == _OPAQUE:
        # Only what came from below: entries of this layer stay, in whatever order they come.
        for path in folder.iterdir() if folder.is_dir() else ():
            if str(path) not in own:
                _remove(path)
    elif name.name.startswith(_WHITEOUT):
        _remove(folder / name.name.removeprefix(_WHITEOUT))
    elif member.isfile() or member.isdir() or member.issym() or member.islnk():
        _extract(tar, member, root, folder / name.name)
        own.update(_with_parents(root, folder / name.name))


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path, place: Path) -> None:
    if os.path.lexists(place) and not (member.isdir() and place.is_dir()):
        _remove(place)
    # Not by `replace` and `filter`: Python 3.11 has them from 3.11.4 on only, and Debian 12 has 3.11.2.
    inside = copy(member)
    inside.name = str(place.relative_to(root))
    inside.mode &= 0o755
    if member.islnk():
        inside.linkname = str(find_inside(root, member.linkname).relative_to(root))
    tar.extract(inside, root)


def _with_parents(root: Path, path: Path) -> list[str]:
    return [str(path), *(str(parent) for parent in path.parents if parent.is_relative_to(root))]


def find_inside(root: Path, name: str) -> Path:
    """Finds a path as a process whose root this is would: no symbolic link leads out of the image."""
    found, links = root, 0
    rest = list(reversed(PurePosixPath(name).parts))
    while rest:
        part = rest.pop()
        if part in ("/", ".", ".."):
            found = root if part == "/" or found == root else found if part == "." else found.parent
        elif (found / part).is_symlink() and links < _MOST_LINKS:
            links += 1
            rest.extend(reversed(PurePosixPath(os.readlink(found / part)).parts))
        else:
            found = found / part
    return found


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
