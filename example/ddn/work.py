"""One image from its bucket to the other."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ddn.denoise import Model, denoise, estimate_noise
from ddn.keys import result_key
from ddn.pictures import decode, encode
from ddn.refusal import RefusalError
from ddn.settings import Settings


@dataclass(frozen=True)
class Worker:
    """What an inference needs."""

    settings: Settings
    model: Model
    s3: Any

    def infer(self, key: str) -> dict[str, Any]:
        """Denoises an uploaded image; returns the key of the result, and the noise before and after."""
        noisy = decode(self._read(key), self.settings.max_pixels)
        clean = denoise(noisy, self.model)
        result = result_key(key)
        self.s3.put_object(
            Bucket=self.settings.output_bucket, Key=result, Body=encode(clean), ContentType="image/png"
        )
        return {"file": result, "noise": {"before": estimate_noise(noisy), "after": estimate_noise(clean)}}

    def check_upload(self, key: str) -> None:
        """Refuses an image that was not uploaded, or that is too large, without reading it."""
        self._check_bytes(self._call("head_object", key)["ContentLength"])

    def _read(self, key: str) -> bytes:
        answer = self._call("get_object", key)
        self._check_bytes(answer["ContentLength"])
        return bytes(answer["Body"].read())

    def _call(self, operation: str, key: str) -> Any:
        try:
            return getattr(self.s3, operation)(Bucket=self.settings.input_bucket, Key=key)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("NoSuchKey", "404"):
                raise RefusalError(
                    404, "no-file", "file: expected an uploaded image, got a key without one"
                ) from error
            if code in ("AccessDenied", "403"):
                message = "file: the service's role may not read it; it needs s3:GetObject and s3:ListBucket"
                raise RefusalError(502, "not-allowed", message) from error
            raise

    def _check_bytes(self, size: int) -> None:
        if size > self.settings.max_bytes:
            message = f"file: expected at most {self.settings.max_bytes} bytes, got {size}"
            raise RefusalError(413, "too-large", message)
