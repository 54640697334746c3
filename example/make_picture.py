"""Makes the demo's pictures: a drawn scene, and the same with noise; the same bytes each time."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = 256
NOISE = 25.0


def draw() -> Image.Image:
    """Draws hills, a sun and a house: edges, gradients and some texture."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    sky = np.stack([90 + rows * 0.45, 140 + rows * 0.35, 225 - rows * 0.25], axis=-1)
    picture = Image.fromarray(sky.astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((178, 22, 222, 66), fill=(255, 226, 120))
    for base, height, colour in (
        (150, 40, (70, 110, 90)),
        (185, 26, (60, 140, 70)),
        (215, 14, (95, 165, 60)),
    ):
        crest = [(x, base - height * np.sin(x / (18 + height) + base)) for x in range(SIZE)]
        pen.polygon([*crest, (SIZE, SIZE), (0, SIZE)], fill=colour)
    pen.rectangle((60, 165, 120, 215), fill=(205, 190, 165))
    pen.polygon([(52, 165), (90, 132), (128, 165)], fill=(150, 60, 50))
    pen.rectangle((70, 178, 84, 194), fill=(60, 75, 110))
    pen.rectangle((96, 182, 110, 215), fill=(95, 65, 45))
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def main() -> None:
    """Writes clean.png and noisy.png beside this file's folder `picture`."""
    folder = Path(__file__).parent / "picture"
    folder.mkdir(exist_ok=True)
    clean = draw()
    clean.save(folder / "clean.png")
    noise = np.random.default_rng(7).normal(0, NOISE, (SIZE, SIZE, 3))
    noisy = np.clip(np.asarray(clean, np.float64) + noise, 0, 255)
    Image.fromarray(np.rint(noisy).astype(np.uint8)).save(folder / "noisy.png")


if __name__ == "__main__":
    main()
