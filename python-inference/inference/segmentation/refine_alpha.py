"""A small soft mask made into an alpha channel at the photo's own size."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from inference.segmentation.guided_filter import guided_filter

WORKING_SIDE = 512
"""Longest side at which edges are looked for: at 1,024 the filter takes four times as long for edges that
differ by less than a pixel; the small mask has 320."""

RADIUS = 6
EPSILON = 1e-3
BAND = 7
"""Working pixels either side of the mask's edge that may be soft: the reach of the filter's window."""

EMPTY_BELOW, FULL_ABOVE = 0.25, 0.85
"""The filter leaves a faint veil outside and faint holes inside; what lies between is stretched. The middle
above a half draws the edge in by about half a pixel, so that no rim of the old background stays."""


def refine_alpha(photo: NDArray[np.uint8], mask: NDArray[np.float32]) -> NDArray[np.float32]:
    """Alpha (H, W) float32 in [0, 1] for a (H, W, 3) photo from a soft mask (S, S) stretched over it.

    Exactly 1 well inside, exactly 0 well outside; in between it follows the photo's edges. Values are
    multiples of 1/255, so that 8-bit alpha has the same extent. Work is confined to the mask's box.

    Convention: row 0 is the top; the mask covers the photo edge to edge (its first pixel's left edge is
    the photo's left edge).
    """
    height, width = photo.shape[:2]
    alpha = np.zeros((height, width), np.float32)
    window = _window(mask, width, height)
    if window is None:
        return alpha
    left, top, right, bottom = window
    shrink = min(1.0, WORKING_SIDE / max(width, height))
    small = (max(1, round((right - left) * shrink)), max(1, round((bottom - top) * shrink)))
    crop = photo[top:bottom, left:right]
    guide = np.asarray(Image.fromarray(crop).resize(small, Image.Resampling.BOX), np.float32) / np.float32(
        255
    )
    scale_x, scale_y = mask.shape[1] / width, mask.shape[0] / height
    part = (left * scale_x, top * scale_y, right * scale_x, bottom * scale_y)
    coarse = np.clip(_resized(mask, small, part), 0, 1)  # (h, w)
    slope, offset = guided_filter(guide, coarse, RADIUS, EPSILON)
    inside = ndimage.minimum_filter(coarse, 2 * BAND + 1) > 0.5
    outside = ndimage.maximum_filter(coarse, 2 * BAND + 1) < 0.5
    slope[inside | outside] = 0
    offset[inside], offset[outside] = 1, 0
    alpha[top:bottom, left:right] = _applied(slope, offset, crop)
    return alpha


def _window(mask: NDArray[np.float32], width: int, height: int) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom in photo pixels around all of the mask that can matter, with the reach of
    window and band (both below 5 % of the longest side) to spare."""
    rows, columns = np.nonzero(mask > 0.05)
    if rows.size == 0:
        return None
    reach = 0.05 * max(width, height)
    scale_x, scale_y = width / mask.shape[1], height / mask.shape[0]
    return (
        max(0, int(columns.min() * scale_x - reach)),
        max(0, int(rows.min() * scale_y - reach)),
        min(width, int((columns.max() + 1) * scale_x + reach) + 1),
        min(height, int((rows.max() + 1) * scale_y + reach) + 1),
    )


def _applied(
    slope: NDArray[np.float32], offset: NDArray[np.float32], crop: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """The local linear model enlarged and applied to the full-size photo (H, W, 3), then stretched."""
    size = (crop.shape[1], crop.shape[0])
    alpha = _resized(offset, size)
    for channel in range(3):
        alpha += _resized(slope[..., channel] / np.float32(255), size) * crop[..., channel]
    alpha = np.clip((alpha - EMPTY_BELOW) / (FULL_ABOVE - EMPTY_BELOW), 0, 1)
    return (np.rint(alpha * 255) / 255).astype(np.float32)


def _resized(
    values: NDArray[np.float32],
    size: tuple[int, int],
    part: tuple[float, float, float, float] | None = None,
) -> NDArray[np.float32]:
    """`values` (or the part of it: left, top, right, bottom) at another (width, height), bilinear."""
    picture = Image.fromarray(np.ascontiguousarray(values, np.float32))
    return np.array(picture.resize(size, Image.Resampling.BILINEAR, box=part), dtype=np.float32)
