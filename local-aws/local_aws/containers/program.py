"""What a container runs: the program of the image, in a root of its own or with rewritten paths."""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.containers import mount_namespace
from local_aws.containers.address import Address
from local_aws.containers.images import UnpackedImage
from local_aws.containers.layers import find_inside

_PYTHON = re.compile(r"^python(3(\.\d+)?)?$")
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Program:
    """A command for this host, where it starts, and its environment; `own_root` tells of its namespace."""

    command: list[str]
    directory: str
    environment: dict[str, str]
    own_root: bool


def prepare_program(
    image: UnpackedImage,
    definition: Mapping[str, Any],
    environment: Mapping[str, str],
    address: Address,
    folder: Path,
) -> Program:
    """Prepares what a container definition runs; an image that lacks the program uses the host's."""
    own = dict(entry.split("=", 1) for entry in image.settings.get("Env") or [])
    env = {"PATH": _DEFAULT_PATH, **own, **environment, "BIND_HOST": address.host}
    # Where a task can't have its port, the variable that names the port names the real one instead.
    for port, real in address.ports.items():
        env |= {name: str(real) for name, value in env.items() if value == str(port)}
    command = _command(definition, image.settings)
    directory = str(definition.get("workingDirectory") or image.settings.get("WorkingDir") or "/")
    if mount_namespace.is_allowed() and _holds(image.root, command[0], directory, env["PATH"]):
        env |= {"IMAGE_PATH": env["PATH"], "PATH": os.environ["PATH"]}
        entered = mount_namespace.enter(image.root, folder, directory, command)
        return Program(entered, "/", env, own_root=True)
    return _on_host(image.root, command, directory, env, folder)


def _command(definition: Mapping[str, Any], settings: Mapping[str, Any]) -> list[str]:
    entry_point: list[str] = definition.get("entryPoint") or settings.get("Entrypoint") or []
    # A new entry point drops the image's command, as in Docker.
    inherited: list[str] = [] if definition.get("entryPoint") else settings.get("Cmd") or []
    command: list[str] = definition.get("command") or inherited
    if not entry_point and not command:
        raise ValueError("no command specified")
    return [*entry_point, *command]


def _holds(root: Path, program: str, directory: str, path: str) -> bool:
    folders = [directory] if "/" in program else path.split(":")
    return any(find_inside(root, os.path.join(folder, program)).is_file() for folder in folders)


def _on_host(root: Path, command: list[str], directory: str, env: dict[str, str], folder: Path) -> Program:
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    for name, value in env.items():
        if value.startswith("/"):
            env[name] = ":".join(_path(root, each) for each in value.split(":"))
    env["PATH"] = f"{env['PATH']}:{os.environ['PATH']}"
    env |= {"HOME": str(folder), "TMPDIR": str(temporary)}
    env.setdefault("LANG", "C.UTF-8")
    return Program(_host_command(root, command, env["PATH"]), _path(root, directory), env, own_root=False)


def _path(root: Path, text: str) -> str:
    """One path, where the image has it below its folder."""
    inside = root / text.lstrip("/")
    return str(inside) if text.startswith("/") and os.path.lexists(inside) else text


def _host_command(root: Path, command: list[str], path: str) -> list[str]:
    """A command: what the image lacks is the host's, and Python is ours."""
    program, *arguments = command
    name = os.path.basename(program)
    if _PYTHON.match(name):
        program = sys.executable
    elif not shutil.which(_path(root, program), path=path):
        program = shutil.which(name, path=path) or program
    return [_path(root, each) for each in (program, *arguments)]
