"""A container of the local AWS: a host process that runs the program of an image.

Paths of the image are rewritten to where it lies unpacked. Nothing is isolated: the image is the user's own.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import randrange
from typing import Any

from local_aws.images import UnpackedImage
from local_aws.reaper import Reaper

_reaper: list[Reaper] = []
_PYTHON = re.compile(r"^python(3(\.\d+)?)?$")


@dataclass(frozen=True)
class Address:
    """Where a task listens: its own loopback address, and container port to real port."""

    host: str
    ports: Mapping[int, int]


def choose_address(container_ports: list[int]) -> Address:
    """Gives each task a loopback address of its own; where only 127.0.0.1 exists, free ports on it."""
    if sys.platform != "linux":
        return Address("127.0.0.1", {port: _free_port() for port in container_ports})
    while True:
        # At random, since other local AWSs on this machine choose theirs in the same range.
        host = f"127.{randrange(64, 192)}.{randrange(256)}.{randrange(1, 255)}"
        if all(_is_free(host, port) for port in container_ports):
            return Address(host, {port: port for port in container_ports})


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Container:
    """A started container; `definition` is the container definition of the task definition."""

    def __init__(
        self,
        image: UnpackedImage,
        definition: Mapping[str, Any],
        environment: Mapping[str, str],
        labels: Mapping[str, str],
        address: Address,
    ) -> None:
        self.id = uuid.uuid4().hex * 2
        self.labels = labels
        self.address = address
        self.attrs = {"NetworkSettings": {"Networks": {"ecs": {"IPAddress": address.host}}}}
        self.folder = Path(os.environ["STATE_DIR"]) / "tasks" / self.id[:12]
        (self.folder / "tmp").mkdir(parents=True)
        rewrite = _Rewrite(image.root)
        env = self._environment(image, environment, rewrite)
        settings = image.settings
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                _command(definition, settings, rewrite, env["PATH"]),
                cwd=rewrite.path(definition.get("workingDirectory") or settings.get("WorkingDir") or "/"),
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if not _reaper:
            _reaper.append(Reaper())
        _reaper[0].watch(self._process.pid)

    def _environment(
        self, image: UnpackedImage, environment: Mapping[str, str], rewrite: "_Rewrite"
    ) -> dict[str, str]:
        own = dict(entry.split("=", 1) for entry in image.settings.get("Env") or [])
        env = {name: rewrite.paths(value) for name, value in {**own, **environment}.items()}
        # Where a task can't have its port, the variable that names the port names the real one instead.
        for port, real in self.address.ports.items():
            env |= {name: str(real) for name, value in env.items() if value == str(port)}
        env["PATH"] = f"{env.get('PATH', '')}:{os.environ['PATH']}"
        env |= {"HOME": str(self.folder), "TMPDIR": str(self.folder / "tmp"), "HOSTNAME": self.id[:12]}
        env["BIND_HOST"] = self.address.host
        env.setdefault("LANG", "C.UTF-8")
        return env

    @property
    def status(self) -> str:
        """`running` or `exited`."""
        return "running" if self._process.poll() is None else "exited"

    def reload(self) -> None:
        """Does nothing: the status is always fresh."""

    def wait(self, **_: Any) -> dict[str, int]:
        """Waits for the end; an end by a signal is 128 + its number, as in a shell."""
        code = self._process.wait()
        return {"StatusCode": code if code >= 0 else 128 - code}

    def stop(self, timeout: float = 5) -> None:
        """Asks the process to end, and ends it after the time-out."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        self._signal(signal.SIGKILL)
        self._process.wait()
        _reaper[0].forget(self._process.pid)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def remove(self, **_: Any) -> None:
        """Stops the container and removes its temporary files."""
        self.stop(1)
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)

    def logs(self, stream: bool = False, **_: Any) -> bytes | Iterator[bytes]:
        """What was printed: all at once, or line by line until the end."""
        return self._follow() if stream else (self.folder / "log").read_bytes()

    def _follow(self) -> Iterator[bytes]:
        rest = b""
        with (self.folder / "log").open("rb") as file:
            while True:
                ended = self.status == "exited"
                rest += file.read()
                end = rest.rfind(b"\n") + 1
                if end:
                    yield rest[:end]
                    rest = rest[end:]
                if ended:
                    if rest:
                        yield rest
                    return
                time.sleep(0.1)


class _Rewrite:
    """Turns paths of the image into paths below its folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, text: str) -> str:
        if not text.startswith("/"):
            return text
        inside = self._root / text.lstrip("/")
        return str(inside) if os.path.lexists(inside) else text

    def paths(self, text: str) -> str:
        return ":".join(self.path(part) for part in text.split(":")) if text.startswith("/") else text


def _command(
    definition: Mapping[str, Any], settings: Mapping[str, Any], rewrite: _Rewrite, path: str
) -> list[str]:
    entry_point: list[str] = definition.get("entryPoint") or settings.get("Entrypoint") or []
    # A new entry point drops the image's command, as in Docker.
    inherited: list[str] = [] if definition.get("entryPoint") else settings.get("Cmd") or []
    command: list[str] = definition.get("command") or inherited
    program, *arguments = [*entry_point, *command]
    name = os.path.basename(program)
    if _PYTHON.match(name):
        program = sys.executable
    elif not shutil.which(rewrite.path(program), path=path):
        program = shutil.which(name, path=path) or program
    return [rewrite.path(program), *(rewrite.path(argument) for argument in arguments)]
