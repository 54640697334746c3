"""Denoising by block-wise thresholding in the DCT domain, averaged over all shifts of the blocks.

Yu and Sapiro, "DCT image denoising", IPOL 2011: https://doi.org/10.5201/ipol.2011.ys-dct
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """Side of a block in pixels, and the threshold in units of the noise's standard deviation."""

    block: int
    threshold: float


def load_model(path: Path) -> Model:
    """Reads the model's file."""
    content = json.loads(path.read_text())
    return Model(block=int(content["block"]), threshold=float(content["threshold"]))


def estimate_noise(image: Image) -> float:
    """Estimates the noise's standard deviation (Immerkaer 1996), mean of the channels; 0 below 3 pixels."""
    if min(image.shape[:2]) < 3:
        return 0.0
    inner = (
        image[:-2, :-2] - 2 * image[:-2, 1:-1] + image[:-2, 2:]
        - 2 * image[1:-1, :-2] + 4 * image[1:-1, 1:-1] - 2 * image[1:-1, 2:]
        + image[2:, :-2] - 2 * image[2:, 1:-1] + image[2:, 2:]
    )  # fmt: skip
    return float(np.sqrt(np.pi / 2) * np.abs(inner).mean() / 6)


def _dct_matrix(size: int) -> Image:
    index = np.arange(size)
    matrix = np.sqrt(2 / size) * np.cos(np.pi * (2 * index[None, :] + 1) * index[:, None] / (2 * size))
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


def denoise(image: Image, model: Model) -> Image:
    """Denoises an image of height × width × channels, values 0 to 255; the result has the same shape."""
    size, basis = model.block, _dct_matrix(model.block)
    limit = model.threshold * estimate_noise(image)
    padded = np.pad(image, ((size, size), (size, size), (0, 0)), mode="reflect")
    total = np.zeros_like(padded)
    count = np.zeros(padded.shape[:2] + (1,), np.float32)
    for top in range(0, size, 2):
        for left in range(0, size, 2):
            rows, columns = (
                (padded.shape[0] - top) // size,
                (padded.shape[1] - left) // size,
            )
            window = (slice(top, top + rows * size), slice(left, left + columns * size))
            blocks = padded[window].reshape(rows, size, columns, size, -1).transpose(0, 2, 4, 1, 3)
            spectrum = basis @ blocks @ basis.T
            mean = spectrum[..., :1, :1].copy()
            spectrum[np.abs(spectrum) < limit] = 0
            spectrum[..., :1, :1] = mean
            clean = (basis.T @ spectrum @ basis).transpose(0, 3, 1, 4, 2)
            total[window] += clean.reshape(rows * size, columns * size, -1)
            count[window] += 1
    # Only the margins that were added may lie in no block.
    inner = (slice(size, -size), slice(size, -size))
    return np.clip(total[inner] / count[inner], 0, 255)
