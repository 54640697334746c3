"""Starts the local AWS, prints one JSON line when it is ready, and ends when its starter does."""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from local_aws.core.settings import Settings, StartError, prepare_environment, read_settings


def _announce(port: int) -> None:
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    print(json.dumps({"ready": True, "endpoint": f"http://127.0.0.1:{port}"}), flush=True)


def _end_with_stdin() -> None:
    # The starter holds the other end: this read ends when the starter does, even by SIGKILL.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _serve(settings: Settings, work: Path) -> None:
    prepare_environment(settings, work)
    tempfile.tempdir = None  # read TMPDIR again
    # ministack reads its environment when it is imported: not before this point.
    import ministack.app

    from local_aws import hooks

    hooks.install()
    threading.Thread(target=_announce, args=(settings.port,), daemon=True).start()
    if settings.watch_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    sys.argv = sys.argv[:1]
    ministack.app.main()


def main() -> int:
    """Runs until SIGINT, SIGTERM or the end of the watched standard input."""
    work = Path(tempfile.mkdtemp(prefix="local-aws-"))
    try:
        _serve(read_settings(sys.argv[1:]), work)
    except KeyboardInterrupt:
        pass
    except StartError as error:
        print(f"local AWS: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
