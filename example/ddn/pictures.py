"""Pictures to arrays, and back."""

import io

import numpy as np
from PIL import Image as Pillow

from ddn.denoise import Image


def decode(content: bytes) -> Image:
    """Reads a picture of any format that Pillow knows; grey ones keep one channel."""
    with Pillow.open(io.BytesIO(content)) as picture:
        array = np.asarray(
            picture.convert("L" if picture.mode in ("1", "L", "I", "I;16") else "RGB"),
            np.float32,
        )
    return array[:, :, None] if array.ndim == 2 else array


def encode(image: Image) -> bytes:
    """Writes a PNG."""
    pixels = np.rint(image).astype(np.uint8)
    output = io.BytesIO()
    Pillow.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(output, format="PNG")
    return output.getvalue()
