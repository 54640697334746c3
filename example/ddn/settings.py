"""What the service reads from its environment."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Addresses to listen on, buckets to read from and write to, and where the model lies."""

    host: str
    flask_port: int
    triton_port: int
    input_bucket: str
    output_bucket: str
    model: Path


def read_settings() -> Settings:
    """Reads the environment; a missing bucket is an error at the start and not at the first request."""
    return Settings(
        host=os.environ.get("BIND_HOST", "0.0.0.0"),
        flask_port=int(os.environ.get("FLASK_PORT", "50101")),
        triton_port=int(os.environ.get("TRITON_HTTP_PORT", "50201")),
        input_bucket=os.environ["INPUT_BUCKET"],
        output_bucket=os.environ["OUTPUT_BUCKET"],
        model=Path(os.environ.get("MODEL_PATH", "/opt/ddn/model/denoiser.json")),
    )
