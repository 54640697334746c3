"""Asynchronous inference: for answers that take longer than the 30 s of an HTTP API."""

import json
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ddn.keys import error_key
from ddn.refusal import RefusalError
from ddn.work import Worker

_PROTECTED_MINUTES = 60
_STOPPED = RefusalError(503, "stopped", "the service stopped before this image's turn; ask again")
_FAILED = RefusalError(500, "failed", "the inference failed; its cause is in the service's log")


class Jobs:
    """Works on images one after the other. While there is work, the task is protected from scale-in."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._pool = ThreadPoolExecutor(1)
        self._waiting: list[str] = []
        self._lock = threading.Lock()

    def add(self, key: str) -> None:
        """Takes an image; refuses it where too many wait."""
        most = self._worker.settings.max_waiting
        with self._lock:
            if len(self._waiting) >= most:
                raise RefusalError(503, "busy", f"expected fewer than {most} waiting images; try later")
            self._waiting.append(key)
            self._pool.submit(self._run, key)

    def stop(self) -> None:
        """Lets the current image end, and tells the callers of the others that theirs will not be done."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            left = self._waiting[1:]
        for key in left:
            self._tell(key, _STOPPED)

    def _run(self, key: str) -> None:
        try:
            self._protect(True)
            self._worker.infer(key)
        except RefusalError as error:
            self._tell(key, error)
        except Exception as error:
            print(f"ddn: {key!r}: {error!r}", flush=True)
            self._tell(key, _FAILED)
        finally:
            with self._lock:
                self._waiting.remove(key)
                idle = not self._waiting
            if idle:
                self._protect(False)

    def _tell(self, key: str, error: RefusalError) -> None:
        body = json.dumps(error.body()).encode()
        bucket = self._worker.settings.output_bucket
        s3 = self._worker.s3
        _try(
            "error",
            lambda: s3.put_object(
                Bucket=bucket, Key=error_key(key), Body=body, ContentType="application/json"
            ),
        )

    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
    def _protect(self, enabled: bool) -> None:
        base = self._worker.settings.agent_uri
        if base is None:
            return
        expiry = {"ExpiresInMinutes": _PROTECTED_MINUTES} if enabled else {}
        request = urllib.request.Request(
            f"{base}/task-protection/v1/state",
            data=json.dumps({"ProtectionEnabled": enabled, **expiry}).encode(),
            method="PUT",
            headers={"content-type": "application/json"},
        )
        _try("protection", lambda: urllib.request.urlopen(request, timeout=5).close())


def _try(what: str, call: Callable[[], object]) -> None:
    """Calls, and logs a failure: work goes on without it."""
    try:
        call()
    except Exception as error:
        print(f"ddn: {what}: {error!r}", flush=True)
