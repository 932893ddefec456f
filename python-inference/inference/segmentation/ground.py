"""The ground of a collage: the land of a landscape, or the whole photo where no sky can be told."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from inference.segmentation.refine_alpha import refine_alpha
from inference.segmentation.sky import Skyline, find_skyline

MAP_SIDE = 320
SMALLEST_AGREEMENT = 0.92
"""Of 40 landscapes and crowds 29 skies were drawn well, all at 0.92 or more; the eight drawn badly had 0.89
or less or fell to the limits below."""

LEAST_SKY_COLUMNS = 0.85
SKY_SHARE = (0.05, 0.85)
WHOLE_PHOTO_SCORE = 0.3
"""Below every component and every land: a rectangle is the last choice."""

FEATURELESS = 0.01
"""Share of pixels on an edge (Sobel magnitude of 8-bit gray over 40) under which there is nothing to see."""


@dataclass(frozen=True)
class Ground:
    """`alpha` (H, W) in [0, 1] reaches the left, right and bottom edges; `score` in [0, 1].
    Where no sky is cut off, it is the whole photo."""

    alpha: NDArray[np.float32]
    score: float
    is_sky_cut_off: bool


def find_ground(photo: NDArray[np.uint8]) -> Ground | None:
    """The land under the sky of a (H, W, 3) photo; the whole photo where that is unsure; None where
    there is nothing to see at all."""
    small = np.asarray(Image.fromarray(photo).resize((MAP_SIDE, MAP_SIDE), Image.Resampling.BOX))
    if _is_featureless(small):
        return None
    skyline = find_skyline(small)
    if skyline is not None and _is_sure(skyline):
        land = (np.arange(MAP_SIDE)[:, None] >= skyline.border).astype(np.float32)  # (S, S)
        return Ground(refine_alpha(photo, land), score=0.9 * skyline.agreement, is_sky_cut_off=True)
    return Ground(np.ones(photo.shape[:2], np.float32), WHOLE_PHOTO_SCORE, is_sky_cut_off=False)


def _is_sure(skyline: Skyline) -> bool:
    return (
        skyline.agreement >= SMALLEST_AGREEMENT
        and skyline.sky_columns >= LEAST_SKY_COLUMNS
        and SKY_SHARE[0] <= skyline.sky_share <= SKY_SHARE[1]
    )


def _is_featureless(photo: NDArray[np.uint8]) -> bool:
    gray = photo.astype(np.float32).mean(axis=-1)
    edges = np.hypot(ndimage.sobel(gray, axis=0), ndimage.sobel(gray, axis=1)) > 40
    return float(edges.mean()) < FEATURELESS
