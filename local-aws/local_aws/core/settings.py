"""What the local AWS is started with: arguments, and the environment that ministack reads on import."""

import argparse
import fcntl
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from local_aws.core.state_version import refuse_other_version


@dataclass(frozen=True)
class Settings:
    """The port on loopback, the folder for state (None: temporary), whether to watch stdin and to use IAM."""

    port: int
    state: Path | None
    watch_stdin: bool
    iam: bool


class StartError(Exception):
    """Reports in one sentence why the local AWS cannot start."""


def read_settings(arguments: list[str]) -> Settings:
    """Reads the arguments; port 0 becomes a port that is free now, and the folder for state is made."""
    parser = argparse.ArgumentParser(
        prog="local_aws", description="An AWS on this machine, on loopback only."
    )
    parser.add_argument("--port", type=int, default=4566, help="port on 127.0.0.1; 0 chooses a free one")
    parser.add_argument("--state", type=Path, help="folder that keeps everything for the next start")
    parser.add_argument("--watch-stdin", action="store_true", help="end when standard input ends")
    parser.add_argument("--iam", action="store_true", help="let roles do only what their policies allow")
    parsed = parser.parse_args(arguments)
    try:
        port = free_port(parsed.port)
    except OSError as error:
        raise StartError(f"cannot listen: {error.strerror}; choose another --port") from error
    if parsed.state is not None:
        _take_folder(parsed.state)
    return Settings(port, parsed.state, parsed.watch_stdin, parsed.iam)


def _take_folder(path: Path) -> None:
    """Creates the folder, and keeps it from another local AWS until this process ends, however it ends."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = os.open(path / "lock", os.O_CREAT | os.O_WRONLY, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        refusal = refuse_other_version(path)
    except BlockingIOError as error:
        raise StartError(f"--state: {path} is in use by another local AWS; choose another") from error
    except OSError as error:
        text = f"--state: expected a folder that can be written, got {path}: {error.strerror}"
        raise StartError(text) from error
    if refusal:
        raise StartError(refusal)


def free_port(wanted: int) -> int:
    """Returns the wanted port if it is free, or any free one for 0; raises OSError."""
    with socket.socket() as probe:
        # As a server does: a connection that has just ended does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", wanted))
        probe.listen()
        return int(probe.getsockname()[1])


def local_address() -> str:
    """The host and port of this local AWS, which images are named with."""
    return f"127.0.0.1:{os.environ['GATEWAY_PORT']}"


def prepare_environment(settings: Settings, work: Path) -> None:
    """Sets the variables of ministack: loopback only, no other listeners, nothing shared between runs."""
    kept = settings.state if settings.state is not None else work
    temporary = work / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    region = os.environ.get("AWS_REGION", "ap-northeast-2")
    os.environ.update(
        GATEWAY_PORT=str(settings.port),
        MINISTACK_HOST="127.0.0.1",
        BIND_HOST="127.0.0.1",
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        MINISTACK_REGION=region,
        TMPDIR=str(temporary),
        STATE_DIR=str(kept / "state"),
        S3_DATA_DIR=str(kept / "s3"),
        S3_PERSIST="1" if settings.state is not None else "0",
        AUTH=str(settings.iam).lower(),
        PERSIST_STATE="1" if settings.state is not None else "0",
    )
