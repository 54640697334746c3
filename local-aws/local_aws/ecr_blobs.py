"""Blobs of the registry stream to files: a layer of many GB costs no memory.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
"""

import asyncio
import hashlib
import os
import re
from pathlib import Path
from typing import Any

import ministack.app
from ministack.core.responses import StreamingResponse
from ministack.services import ecr

_SESSION = re.compile(r"^/v2/.+/blobs/uploads/(?P<id>[^/]+)$")
_PIECE_BYTES = 1 << 20


def _place(folder: Path, digest: str) -> Path:
    return folder / digest.replace(":", "-")


class FileBlob:
    """A committed blob: stands where ministack keeps bytes, with their length."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        return self.path.read_bytes()

    def __deepcopy__(self, memo: dict[int, Any]) -> "FileBlob":
        return self


class Upload:
    """A running upload session: stands where ministack keeps a bytearray, and is written to a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        self._file = path.open("wb", buffering=0)

    def __len__(self) -> int:
        return self.size

    def extend(self, chunk: bytes) -> None:
        """Appends a chunk, and hashes it."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def commit(self, folder: Path) -> FileBlob:
        """Ends the upload: the file gets the name of its digest."""
        self._file.close()
        path = _place(folder, self.digest)
        self.path.replace(path)
        return FileBlob(path, self.size)

    @property
    def digest(self) -> str:
        """The digest of all that was appended."""
        return f"sha256:{self._hash.hexdigest()}"


_sessions: dict[str, Upload] = {}


async def _drain(upload: Upload, receive: Any) -> bool:
    """Writes a request's body to the upload; False where the client left before its end."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        upload.extend(message.get("body", b""))
        if not message.get("more_body"):
            return True


async def _empty() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def _streamed(inner: Any) -> Any:
    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        match = _SESSION.match(scope.get("path", "")) if scope["type"] == "http" else None
        upload = _sessions.get(match["id"]) if match else None
        if upload is None or scope["method"] not in ("PATCH", "PUT"):
            await inner(scope, receive, send)
        elif await _drain(upload, receive):
            kept = [
                pair for pair in scope["headers"] if pair[0] not in (b"content-length", b"transfer-encoding")
            ]
            await inner({**scope, "headers": [*kept, (b"content-length", b"0")]}, _empty, send)

    return application


def _install_uploads(folder: Path) -> None:
    start, complete = ecr._v2_start_blob_upload, ecr._v2_complete_blob_upload

    def start_upload(name: str, query: Any, body: bytes) -> Any:
        answer = start(name, query, body)
        session = answer[1].get("Docker-Upload-UUID")
        if session is not None:
            _sessions[session] = ecr._uploads[name][session] = Upload(folder / "uploads" / session)
        return answer

    def complete_upload(name: str, session: str, query: Any, body: bytes) -> Any:
        digest = ecr._query_first(query, "digest")
        upload = _sessions.get(session)
        if upload is None or not digest or session not in ecr._uploads.get(name, {}):
            return complete(name, session, query, body)
        if upload.digest != digest:
            detail = {"expected": digest, "actual": upload.digest}
            return ecr._registry_error(
                400, "DIGEST_INVALID", "uploaded blob did not match its digest", detail
            )
        ecr._layer_blobs.setdefault(name, {})[digest] = upload.commit(folder)
        del ecr._uploads[name][session], _sessions[session]
        headers = {
            "Location": f"/v2/{name}/blobs/{digest}",
            "Docker-Content-Digest": digest,
            "Content-Length": "0",
        }
        return ecr._registry_ok(201, headers, b"")

    ecr._v2_start_blob_upload = start_upload
    ecr._v2_complete_blob_upload = complete_upload


def _stream_file(blob: FileBlob) -> Any:
    async def run(send: Any, receive: Any) -> None:
        with blob.path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return StreamingResponse(run)


def _install_downloads() -> None:
    original = ecr._v2_get_blob

    def get_blob(name: str, digest: str) -> Any:
        status, headers, body = original(name, digest)
        return status, headers, _stream_file(body) if isinstance(body, FileBlob) else body

    ecr._v2_get_blob = get_blob


def _install_saved_state(folder: Path) -> None:
    # Saved as sizes: the files stay where they are.
    get_state, load_state = ecr.get_state, ecr.load_persisted_state

    def get_saved_state() -> Any:
        state = get_state()
        for _, blobs in state["layer_blobs"].all_items():
            for digest, blob in blobs.items():
                if isinstance(blob, FileBlob):
                    blobs[digest] = {"sizeBytes": blob.size}
        return state

    def load_saved_state(data: Any) -> None:
        load_state(data)
        for _, blobs in ecr._layer_blobs.all_items():
            for digest, blob in blobs.items():
                if isinstance(blob, dict):
                    blobs[digest] = FileBlob(_place(folder, digest), blob["sizeBytes"])

    ecr.get_state = get_saved_state
    ecr.load_persisted_state = load_saved_state


def install() -> None:
    """Puts uploads and blobs into files below STATE_DIR."""
    folder = Path(os.environ["STATE_DIR"]) / "blobs"
    (folder / "uploads").mkdir(parents=True, exist_ok=True)
    _install_uploads(folder)
    _install_downloads()
    _install_saved_state(folder)
    ministack.app.app = _streamed(ministack.app.app)
