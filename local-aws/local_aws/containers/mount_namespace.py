"""A mount namespace for a container: the image is its root, what it writes lies in an overlay of its own.

https://docs.kernel.org/filesystems/overlayfs.html, https://man7.org/linux/man-pages/man1/unshare.1.html
"""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# The first program in the new root gets the PATH of the image; what comes before needs the host's.
_ENTER = """
set -e
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
for each in dev proc sys; do
  mkdir -p "$2/root/$each"
  mount --rbind "/$each" "$2/root/$each"
done
root=$2/root folder=$3
shift 3
unshare=$(command -v unshare)
PATH=$IMAGE_PATH
unset IMAGE_PATH
exec "$unshare" --root "$root" --wd "$folder" -- "$@"
"""


def enter(image: Path, folder: Path, working_directory: str, command: list[str]) -> list[str]:
    """Returns the command that runs `command` with the image as its root; `folder` keeps what it writes."""
    upper = folder / "upper"
    for path in (upper / "etc", upper / "tmp", folder / "work", folder / "root"):
        path.mkdir(parents=True, exist_ok=True)
    (upper / "tmp").chmod(0o1777)
    # As container runtimes do: names resolve as on the host, and a missing working directory is made.
    for name in ("hosts", "resolv.conf"):
        if os.path.exists(f"/etc/{name}"):
            shutil.copyfile(f"/etc/{name}", upper / "etc" / name)
    if not os.path.lexists(image / working_directory.lstrip("/")):
        (upper / working_directory.lstrip("/")).mkdir(parents=True, exist_ok=True)
    return [*_unshare(), "sh", "-c", _ENTER, "sh", str(image), str(folder), working_directory, *command]


def join(pid: int, command: list[str]) -> list[str]:
    """Returns the command that runs `command` beside a process that was started by `enter`."""
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    nsenter = shutil.which("nsenter") or "nsenter"
    return [nsenter, "--target", str(pid), *user, "--mount", "--root", "--wd", *command]


def _unshare() -> list[str]:
    # Without root, a user namespace gives the rights to mount, where the system allows it.
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *user, "--mount", "--propagation", "private"]


@functools.cache
def is_allowed() -> bool:
    """Returns whether this process may make such a namespace, found out once by making one."""
    if sys.platform != "linux" or not all(map(shutil.which, ("unshare", "nsenter", "mount"))):
        return False
    # Where the containers' files lie: not each file system can hold an overlay. Two tasks may ask at once.
    os.makedirs(os.environ["STATE_DIR"], exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=os.environ["STATE_DIR"], prefix="overlay-"))
    for name in ("lower", "upper", "work", "root"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={folder}/lower,upperdir={folder}/upper,workdir={folder}/work"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, f"{folder}/root"]
    try:
        return subprocess.run([*_unshare(), *mount], capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)
