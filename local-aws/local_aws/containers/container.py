"""A container of the local AWS: a host process that runs the program of an image."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local_aws.containers import mount_namespace
from local_aws.containers.address import Address
from local_aws.containers.images import UnpackedImage
from local_aws.containers.program import prepare_program
from local_aws.containers.reaper import MARK, Reaper, mark_of

_reaper: list[Reaper] = []
# Held while a process starts, so that none is running that the reaper does not know.
starting = threading.Lock()
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-stopTimeout
_STOP_SECONDS = 30.0


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
        self._stop_seconds = float(definition.get("stopTimeout") or _STOP_SECONDS)
        self._folder = Path(os.environ["STATE_DIR"]) / "tasks" / self.id[:12]
        self._folder.mkdir(parents=True)
        env = {**environment, "HOSTNAME": self.id[:12], MARK: mark_of(os.getpid())}
        self._program = prepare_program(image, definition, env, address, self._folder)
        with (self._folder / "log").open("wb") as log, starting:
            self._process = subprocess.Popen(
                self._program.command,
                cwd=self._program.directory,
                env=self._program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            if not _reaper:
                _reaper.append(Reaper())
            _reaper[0].watch(self._process.pid)
        # Opened now: what was printed can be read to its end when the folder is gone.
        self._log = (self._folder / "log").open("rb")

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

    def run(self, command: list[str], timeout: float) -> int:
        """Runs a command on the program's own loopback, and gives its exit code; raises TimeoutExpired."""
        env = dict(self._program.environment)
        command = [part.replace("127.0.0.1", env.get("BIND_HOST", "127.0.0.1")) for part in command]
        if self._program.own_root:
            command = mount_namespace.join(self._process.pid, command)
            env["PATH"] = env.pop("IMAGE_PATH")
        directory = self._program.directory
        return subprocess.run(
            command, cwd=directory, env=env, timeout=timeout, capture_output=True, check=False
        ).returncode

    def ask_to_end(self) -> None:
        """Sends SIGTERM to the program and what it started."""
        self._signal(signal.SIGTERM)

    def stop(self, timeout: float | None = None) -> None:
        """Asks the process to end, and ends it after the definition's stopTimeout or the given one."""
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self._stop_seconds if timeout is None else timeout)
        self._signal(signal.SIGKILL)
        self._process.wait()
        _reaper[0].forget(self._process.pid)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def remove(self, **_: Any) -> None:
        """Stops the container and removes its files."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def logs(self, stream: bool = False, **_: Any) -> bytes | Iterator[bytes]:
        """What was printed: all at once, or whole lines until the end."""
        return self._follow() if stream else os.pread(self._log.fileno(), 1 << 20, 0)

    def _follow(self) -> Iterator[bytes]:
        rest = b""
        with self._log:
            while True:
                ended = self.status == "exited"
                rest += self._log.read()
                end = rest.rfind(b"\n") + 1
                if end:
                    yield rest[:end]
                    rest = rest[end:]
                if ended:
                    if rest:
                        yield rest
                    return
                time.sleep(0.1)
