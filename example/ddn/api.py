"""The HTTP API: /ping, /inference and /invocations."""

import urllib.error
import urllib.request
from typing import Any

from flask import Flask, jsonify, request

from ddn.jobs import Jobs
from ddn.keys import check_key, error_key, result_key
from ddn.refusal import RefusalError
from ddn.settings import Settings
from ddn.work import Worker

Answer = tuple[Any, int]
# A body names one key.
_MAX_BODY_BYTES = 64 * 1024


def _is_ready(settings: Settings) -> bool:
    url = f"http://{settings.host}:{settings.triton_port}/v2/health/ready"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _read_key() -> str:
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        body = None
    key = body.get("file") if isinstance(body, dict) else None
    return check_key(request.headers.get("x-ddn-user"), key)


def make_api(worker: Worker, jobs: Jobs) -> Flask:
    """Makes the application."""
    app = Flask("ddn")
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES

    @app.errorhandler(RefusalError)
    def refuse(error: RefusalError) -> Answer:
        return jsonify(error.body()), error.status

    @app.get("/ping")
    def ping() -> Answer:
        if _is_ready(worker.settings):
            return jsonify(status="ok"), 200
        raise RefusalError(503, "not-ready", "the model is not ready")

    @app.post("/inference")
    @app.post("/invocations")
    def infer() -> Answer:
        key = _read_key()
        # https://www.rfc-editor.org/rfc/rfc7240#section-4.1
        if "respond-async" not in request.headers.get("prefer", ""):
            return jsonify(worker.infer(key)), 200
        worker.check_upload(key)
        jobs.add(key)
        return jsonify(file=result_key(key), error=error_key(key)), 202

    return app
