"""Runs the service until SIGTERM."""

import signal
import sys
import threading

from werkzeug.serving import make_server

from ddn.api import make_api
from ddn.settings import read_settings
from ddn.triton import make_triton


def main() -> None:
    """Starts the HTTP API and the readiness server, and says where they listen."""
    settings = read_settings()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    triton = make_triton(settings.host, settings.triton_port)
    threading.Thread(target=triton.serve_forever, daemon=True).start()
    server = make_server(settings.host, settings.flask_port, make_api(settings), threaded=True)
    print(f"ddn: listening on {settings.host}:{settings.flask_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
