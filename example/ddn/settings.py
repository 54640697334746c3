"""What the service reads from its environment."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Addresses to listen on, buckets to read from and write to, the model, and what a request may cost."""

    host: str
    flask_port: int
    triton_port: int
    input_bucket: str
    output_bucket: str
    model: Path
    # Larger files are refused before they are read, larger pictures before they are decoded.
    max_bytes: int
    max_pixels: int
    # Requests that wait in asynchronous mode; further ones are told to come back.
    max_waiting: int
    # Base address of the ECS agent's API in a task, where tasks are protected; None elsewhere.
    agent_uri: str | None


def read_settings() -> Settings:
    """Reads the environment; a missing bucket is an error at the start and not at the first request."""
    return Settings(
        host=os.environ.get("BIND_HOST", "0.0.0.0"),
        flask_port=int(os.environ.get("FLASK_PORT", "50101")),
        triton_port=int(os.environ.get("TRITON_HTTP_PORT", "50201")),
        input_bucket=os.environ["INPUT_BUCKET"],
        output_bucket=os.environ["OUTPUT_BUCKET"],
        model=Path(os.environ.get("MODEL_PATH", "/opt/ddn/model/denoiser.json")),
        max_bytes=int(os.environ.get("MAX_BYTES", str(50 * 2**20))),
        max_pixels=int(os.environ.get("MAX_PIXELS", str(4 * 2**20))),
        max_waiting=int(os.environ.get("MAX_WAITING", "100")),
        agent_uri=os.environ.get("ECS_AGENT_URI"),
    )
