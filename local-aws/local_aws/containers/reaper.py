"""Ends the tasks of a local AWS that was killed: a process of its own that holds the other end of a pipe."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

# In the environment of each task: its local AWS.
MARK = "LOCAL_AWS_PROCESS"


class Reaper:
    """Tracks the process groups that must not outlive this process, however it ends."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            env={},
        )

    def watch(self, group: int) -> None:
        """Ends this process group when our process ends."""
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Reports that the process group has ended: its number may soon be reused."""
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None:
            os.write(self._process.stdin.fileno(), line.encode())


def mark_of(pid: str | int) -> str:
    """Names a process by its number and its start, since numbers are reused; empty if it is gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name in parentheses may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    return f"{pid}-{status.rpartition(')')[2].split()[19]}"


def sweep() -> None:
    """Ends the tasks of a local AWS that was killed together with its reaper, by their mark in /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for each in (entry / "environ").read_bytes().decode("latin-1").split("\0"):
                name, _, mark = each.partition("=")
                if name == MARK and mark_of(mark.partition("-")[0]) != mark:
                    os.kill(int(entry.name), signal.SIGKILL)


def _run() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            continue


if __name__ == "__main__":
    _run()
