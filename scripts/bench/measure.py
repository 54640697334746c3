"""Runs a command, and prints as JSON what it cost: wall seconds, CPU seconds, peak RSS, exit code.

The bytes sent are those of the loopback interface, so nothing else may use it much; the temporary disk is the
largest size of a folder that was seen.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path


def _sent_bytes() -> int:
    lines = Path("/proc/net/dev").read_text().splitlines()
    return next(int(line.split(":")[1].split()[8]) for line in lines if line.strip().startswith("lo:"))


def _folder_bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except FileNotFoundError:
            continue
    return total


def main() -> None:
    """Takes the folder of temporary files, then the command."""
    folder, *command = sys.argv[1:]
    peak = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            peak[0] = max(peak[0], _folder_bytes(Path(folder)))

    threading.Thread(target=watch, daemon=True).start()
    sent = _sent_bytes()
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    message = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    ended.set()
    print(
        json.dumps(
            {
                "seconds": round(seconds, 3),
                "cpuSeconds": round(usage.ru_utime + usage.ru_stime, 3),
                "peakRssBytes": usage.ru_maxrss * 1024,
                "sentBytes": _sent_bytes() - sent,
                "temporaryBytes": peak[0],
                "exitCode": os.waitstatus_to_exitcode(status),
                "error": message.decode(errors="replace")[-500:],
            }
        )
    )


if __name__ == "__main__":
    main()
