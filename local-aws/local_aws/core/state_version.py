"""The version of the state that `--state` keeps, so that state of another form is refused, not half read."""

from pathlib import Path

# Raise it with each change that old state does not fit: a store or its module renamed, another ministack.
VERSION = "4"
_KEPT = ("state", "s3")


def refuse_other_version(folder: Path) -> str | None:
    """Returns why the state in a folder cannot be used; marks a folder without state with this version."""
    mark = folder / "version"
    if not any((folder / name).exists() for name in _KEPT):
        mark.write_text(f"{VERSION}\n")
        return None
    found = f"version {mark.read_text().strip()}" if mark.exists() else "none"
    if found == f"version {VERSION}":
        return None
    return (
        f"--state: expected state of version {VERSION} in {folder}, got {found}; start with an empty folder"
    )
