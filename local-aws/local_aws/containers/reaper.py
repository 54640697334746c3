"""Ends the tasks of a local AWS that was killed: a process of its own that holds the other end of a pipe."""

import os
import signal
import subprocess
import sys
from pathlib import Path


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
