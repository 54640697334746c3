"""Upload sessions of the registry, as ECR deviates from the protocol.

A chunk is answered by 201 and a Range that stays at the first chunk; a chunk must start where the last
one ended; chunks but the last have 5 MiB or more; a push to no repository is a dropped connection. A blob
is never mounted from another repository: BLOB_MOUNTING is off until an account sets it.
https://github.com/aws/containers-roadmap/issues/2831
https://github.com/aws/containers-roadmap/issues/1970
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html
"""

import uuid
from dataclasses import dataclass, field

from ministack.core.responses import get_account_id, get_region

from local_aws.ecr.blobs import BlobWriter
from local_aws.ecr.error import EcrError
from local_aws.ecr.registry.message import Answer, DroppedConnectionError, RegistryError, Request
from local_aws.ecr.registry.routes import add_route
from local_aws.ecr.repositories import find_repository

_SMALLEST_PART_BYTES = 5 * 1024 * 1024


@dataclass
class Session:
    """An upload: whose it is, what was written, and the sizes of its parts in bytes."""

    owner: tuple[str, str, str]
    blob: BlobWriter
    parts: list[int] = field(default_factory=list)


_sessions: dict[str, Session] = {}


def _owner(repository: str) -> tuple[str, str, str]:
    return get_account_id(), get_region(), repository


def _find(request: Request) -> Session:
    session = _sessions.get(request.reference)
    if session is None or session.owner != _owner(request.repository):
        raise RegistryError(404, "BLOB_UPLOAD_UNKNOWN", f"upload {request.reference} does not exist")
    return session


async def _start(request: Request) -> Answer:
    await request.read_body()
    try:
        find_repository(request.repository)
    except EcrError:
        raise DroppedConnectionError from None
    name = str(uuid.uuid4())
    _sessions[name] = Session(_owner(request.repository), BlobWriter(name))
    return _progress(202, request.repository, name)


def _progress(status: int, repository: str, name: str) -> Answer:
    first = _sessions[name].parts[:1]
    headers = {
        "Location": f"/v2/{repository}/blobs/uploads/{name}",
        "Docker-Upload-UUID": name,
        "Range": f"0-{max(sum(first) - 1, 0)}",
    }
    return Answer(status, headers)


def _check_start(request: Request, session: Session) -> None:
    start = request.headers.get("content-range", "0").removeprefix("bytes ").partition("-")[0]
    if start != str(session.blob.size):
        text = f"First byte of the layer part is {start} instead of {session.blob.size}"
        raise RegistryError(416, "BLOB_UPLOAD_INVALID", text)


async def _receive_part(request: Request, session: Session) -> None:
    """Writes a body at once, also one that is cut: the next part can only go on behind it."""
    begun = False
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise DroppedConnectionError
        chunk = message.get("body", b"")
        if chunk and not begun:
            _check_start(request, session)
            session.parts.append(0)
            begun = True
        if chunk:
            session.blob.write(chunk)
            session.parts[-1] += len(chunk)
        if not message.get("more_body"):
            return


async def _continue(request: Request) -> Answer:
    await _receive_part(request, _find(request))
    return _progress(201, request.repository, request.reference)


async def _complete(request: Request) -> Answer:
    session = _find(request)
    await _receive_part(request, session)
    if any(size < _SMALLEST_PART_BYTES for size in session.parts[:-1]):
        text = "All layer parts except the last part should be at least 5MB"
        raise RegistryError(400, "BLOB_UPLOAD_INVALID", text)
    digest = request.query.get("digest")
    if digest != session.blob.digest:
        text = "None of the provided layer digests match the calculated layer digest"
        raise RegistryError(400, "BLOB_UPLOAD_INVALID", text)
    del _sessions[request.reference]
    session.blob.commit(request.repository)
    location = f"/v2/{request.repository}/blobs/{digest}"
    return Answer(201, {"Location": location, "Docker-Content-Digest": digest})


async def _cancel(request: Request) -> Answer:
    _find(request).blob.discard()
    del _sessions[request.reference]
    return Answer(204)


def install() -> None:
    """Adds the paths of upload sessions."""
    add_route("POST", "blobs/uploads/?", _start)
    session = "blobs/uploads/(?P<reference>[^/]+)"
    for method, handler in (("PATCH", _continue), ("PUT", _complete), ("DELETE", _cancel)):
        add_route(method, session, handler)
