"""Pictures to arrays, and back."""

import io

import numpy as np
from PIL import Image as Pillow

from ddn.denoise import Image
from ddn.refusal import RefusalError

# Our own bound is stricter, and is told in a sentence.
Pillow.MAX_IMAGE_PIXELS = None

# Formats whose decoders read pixels and run nothing.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM")


def decode(content: bytes, max_pixels: int) -> Image:
    """Reads a picture; grey ones keep one channel. One of more pixels is refused before it is decoded."""
    try:
        with Pillow.open(io.BytesIO(content), formats=_FORMATS) as picture:
            _check_size(picture.size, max_pixels)
            return _to_array(picture)
    except RefusalError:
        raise
    # A broken file makes Pillow's decoders raise errors of many kinds; all mean the same to the caller.
    except Exception as error:
        message = "file: expected an image, got other or broken content"
        raise RefusalError(422, "no-image", message) from error


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if 0 < width * height <= max_pixels:
        return
    message = f"file: expected a picture of 1 to {max_pixels} pixels, got {width} x {height}"
    raise RefusalError(422, "too-large", message)


def _to_array(picture: Pillow.Image) -> Image:
    grey = picture.mode in ("1", "L", "I", "I;16", "F")
    array = np.asarray(picture.convert("L" if grey else "RGB"), np.float32)
    return array[:, :, None] if array.ndim == 2 else array


def encode(image: Image) -> bytes:
    """Writes a PNG."""
    pixels = np.rint(image).astype(np.uint8)
    output = io.BytesIO()
    Pillow.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(output, format="PNG")
    return output.getvalue()
