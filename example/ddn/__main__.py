"""Runs the service until SIGTERM."""

import signal
import sys
import threading

import boto3
from werkzeug.serving import make_server

from ddn.api import make_api
from ddn.denoise import load_model
from ddn.jobs import Jobs
from ddn.settings import read_settings
from ddn.triton import make_triton
from ddn.work import Worker


def main() -> None:
    """Loads the model, starts the HTTP API and the readiness server, and says where they listen."""
    settings = read_settings()
    worker = Worker(settings, load_model(settings.model), boto3.client("s3"))
    jobs = Jobs(worker)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    triton = make_triton(settings.host, settings.triton_port)
    threading.Thread(target=triton.serve_forever, daemon=True).start()
    server = make_server(settings.host, settings.flask_port, make_api(worker, jobs), threaded=True)
    print(f"ddn: listening on {settings.host}:{settings.flask_port}", flush=True)
    try:
        server.serve_forever()
    finally:
        jobs.stop()


if __name__ == "__main__":
    main()
