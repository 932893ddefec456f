"""Photos drawn for tests: textured shapes on textured ground, their alpha known exactly."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

SUPERSAMPLING = 4


def texture(
    height: int, width: int, color: tuple[int, int, int], contrast: float, grain: float, seed: int
) -> NDArray[np.float32]:
    """(H, W, 3) in [0, 255]: a color with soft blotches `grain` pixels wide."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3))
    soft = ndimage.gaussian_filter(noise, (grain, grain, 0))
    return np.clip(np.array(color) + contrast * soft / soft.std(), 0, 255).astype(np.float32)


def ellipse(height: int, width: int, box: tuple[float, float, float, float]) -> NDArray[np.float32]:
    """Antialiased alpha (H, W) of an ellipse in (left, top, right, bottom)."""
    return _drawn(height, width, lambda draw: draw.ellipse([s * SUPERSAMPLING for s in box], fill=255))


def star(height: int, width: int, center: tuple[float, float], radius: float) -> NDArray[np.float32]:
    """Antialiased alpha (H, W) of a fat five-pointed star."""
    points = []
    for corner in range(10):
        length = (radius if corner % 2 == 0 else 0.6 * radius) * SUPERSAMPLING
        angle = math.pi * (corner / 5 - 0.5)
        points.append(
            (
                center[0] * SUPERSAMPLING + length * math.cos(angle),
                center[1] * SUPERSAMPLING + length * math.sin(angle),
            )
        )
    return _drawn(height, width, lambda draw: draw.polygon(points, fill=255))


def composed(
    ground: NDArray[np.float32], *shapes: tuple[NDArray[np.float32], NDArray[np.float32]]
) -> NDArray[np.uint8]:
    """The ground (H, W, 3) with (colors, alpha) painted over it in turn."""
    for colors, alpha in shapes:
        ground = colors * alpha[..., None] + ground * (1 - alpha[..., None])
    return np.rint(ground).astype(np.uint8)


def mountains(height: int, width: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """A blue sky over rough brown hills, and the first row of the hills in each column."""
    x = np.arange(width)
    border = (
        0.45 * height + 0.1 * height * np.sin(x / width * 7) + 0.03 * height * np.sin(x / width * 31)
    ).astype(np.int64)
    brightening = np.linspace(0, 40, height)[:, None, None]
    sky = texture(height, width, (110, 150, 210), 3, 12, seed=5) + brightening
    hills = texture(height, width, (95, 80, 55), 30, 1.5, seed=6)
    is_land = (np.arange(height)[:, None] >= border).astype(np.float32)
    return composed(np.clip(sky, 0, 255).astype(np.float32), (hills, is_land)), border


def _drawn(height: int, width: int, paint: Callable[[ImageDraw.ImageDraw], None]) -> NDArray[np.float32]:
    large = Image.new("L", (width * SUPERSAMPLING, height * SUPERSAMPLING))
    paint(ImageDraw.Draw(large))
    return np.asarray(large.reduce(SUPERSAMPLING), np.float32) / 255
