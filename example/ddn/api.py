"""The HTTP API: /ping, /inference and /invocations."""

import urllib.error
import urllib.request
from pathlib import PurePosixPath
from typing import Any

import boto3
from botocore.exceptions import ClientError
from flask import Flask, jsonify, request

from ddn.denoise import denoise, estimate_noise, load_model
from ddn.pictures import decode, encode
from ddn.settings import Settings

Answer = tuple[Any, int]


def _is_ready(settings: Settings) -> bool:
    url = f"http://{settings.host}:{settings.triton_port}/v2/health/ready"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _refuse(message: str, status: int) -> Answer:
    return jsonify(error=message), status


def make_api(settings: Settings) -> Flask:
    """Makes the application; the model is loaded before the first request."""
    app = Flask("ddn")
    model = load_model(settings.model)
    s3 = boto3.client("s3")

    @app.get("/ping")
    def ping() -> Answer:
        return (jsonify(status="ok"), 200) if _is_ready(settings) else _refuse("the model is not ready", 503)

    @app.post("/inference")
    @app.post("/invocations")
    def infer() -> Answer:
        body = request.get_json(silent=True)
        key = body.get("file") if isinstance(body, dict) else None
        if not isinstance(key, str) or not key:
            return _refuse('body: expected {"file": KEY}, the key of an uploaded image', 400)
        user = request.headers.get("x-ddn-user")
        if user is not None and not key.startswith(f"{user}/"):
            return _refuse(f'file: expected a key below "{user}/", got "{key}"', 403)
        try:
            content = s3.get_object(Bucket=settings.input_bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NoSuchKey", "404"):
                raise
            return _refuse(f'file: no object "{key}" was uploaded', 404)
        try:
            noisy = decode(content)
        except OSError:
            return _refuse(f'file: "{key}" is no image', 422)
        clean = denoise(noisy, model)
        result = str(PurePosixPath(key).with_suffix(".png"))
        s3.put_object(
            Bucket=settings.output_bucket,
            Key=result,
            Body=encode(clean),
            ContentType="image/png",
        )
        return jsonify(
            file=result,
            noise={"before": estimate_noise(noisy), "after": estimate_noise(clean)},
        ), 200

    return app
