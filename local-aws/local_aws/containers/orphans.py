"""Tasks that a killed local AWS left behind: each carries the id of its local AWS in its environment."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

MARK = "LOCAL_AWS_PROCESS"
_PROCESSES = Path("/proc")


def mark_of_this_process() -> str:
    """Names this process: its number, and when it started, since process numbers are reused."""
    return _mark_of(os.getpid())


def _mark_of(pid: int) -> str:
    try:
        status = (_PROCESSES / str(pid) / "stat").read_text()
    except OSError:
        return f"{pid}-"
    # The name in parentheses may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    return f"{pid}-{status.rpartition(')')[2].split()[19]}"


def sweep() -> int:
    """Ends the tasks of local AWSs that no longer run, found in /proc; returns how many."""
    found = 0
    for pid, mark in _marked_processes():
        owner = int(mark.partition("-")[0])
        if _mark_of(owner) != mark:
            try:
                os.kill(pid, signal.SIGKILL)
                found += 1
            except OSError:
                continue
    return found


def _marked_processes() -> Iterator[tuple[int, str]]:
    name = f"{MARK}=".encode()
    for entry in _PROCESSES.glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        for each in environment.split(b"\0"):
            if each.startswith(name):
                yield int(entry.name), each.removeprefix(name).decode()
