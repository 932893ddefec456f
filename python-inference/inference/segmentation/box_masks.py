"""Masks for a detector that finds boxes only: what stands out inside each box."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.segmentation.components import salient_components
from inference.segmentation.instances import SegmenterDescription

PADDING = 0.2
"""Share of the box added on each side: saliency needs some of the background to tell a thing from."""

LEAST_PEAK = 0.5
"""Raw maximum of the map under which nothing stands out: that of U2-Net-p on whole photos."""

LEAST_SHARE = 0.1
"""Share of the box that a mask must fill: less is a detail of the thing or something in front of it."""

FORMULA = "masks: salient in the box padded by 0.2, min-max, components clipped to the box; 1"
"""Part of the identity: count up when results change."""


class SaliencyModel(Protocol):
    """What stands out of a photo, pixel by pixel."""

    def describe(self) -> SegmenterDescription:
        """Who answers."""
        ...

    def saliency(self, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W, 3) sRGB -> (S, S) in about [0, 1], stretched over the photo."""
        ...


def box_mask(
    model: SaliencyModel, photo: NDArray[np.uint8], box: tuple[float, float, float, float]
) -> NDArray[np.float32]:
    """The soft mask (H, W) in [0, 1] of what is in `box`, all 0 where nothing in the box stands out.

    `box` is (left, top, right, bottom) in pixels of the (H, W, 3) photo.

    Convention: box edges are continuous, 0 is the left (top) edge of the first pixel. Outside the box the
    mask is 0: what a detector calls one thing ends there.
    """
    height, width = photo.shape[:2]
    mask = np.zeros((height, width), np.float32)
    left, top, right, bottom = _whole(box, 0, width, height)
    outer_left, outer_top, outer_right, outer_bottom = _whole(box, PADDING, width, height)
    if right <= left or bottom <= top:
        return mask
    saliency = model.saliency(photo[outer_top:outer_bottom, outer_left:outer_right])  # (S, S)
    low, peak = float(saliency.min()), float(saliency.max())
    if peak < LEAST_PEAK:
        return mask
    components = salient_components((saliency - low) / (peak - low))
    if not components:
        return mask
    soft = np.maximum.reduce([component.soft for component in components])  # (S, S)
    size = (outer_right - outer_left, outer_bottom - outer_top)
    stretched = np.asarray(Image.fromarray(soft).resize(size, Image.Resampling.BILINEAR))
    inside = stretched[top - outer_top : bottom - outer_top, left - outer_left : right - outer_left]
    if float((inside > 0.5).mean()) >= LEAST_SHARE:
        mask[top:bottom, left:right] = np.clip(inside, 0, 1)
    return mask


def _whole(
    box: tuple[float, float, float, float], padding: float, width: int, height: int
) -> tuple[int, int, int, int]:
    """The box with that share of it added on each side, out to whole pixels, inside the photo."""
    left, top, right, bottom = box
    pad_x, pad_y = padding * (right - left), padding * (bottom - top)
    return (
        max(0, int(np.floor(left - pad_x))),
        max(0, int(np.floor(top - pad_y))),
        min(width, int(np.ceil(right + pad_x))),
        min(height, int(np.ceil(bottom + pad_y))),
    )
