"""Moves a coarse mask's edges onto the edges of the photo."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def guided_filter(
    guide: NDArray[np.float32], mask: NDArray[np.float32], radius: int, epsilon: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The local linear model `mask ~ slope . color + offset` in windows of 2 radius + 1 pixels.

    `guide` is (H, W, 3) and `mask` (H, W), both in [0, 1]. Returns slope (H, W, 3) and offset (H, W),
    averaged over the windows; `(slope * guide).sum(-1) + offset` is the filtered mask, and because
    both vary slowly they may be enlarged and applied to a larger guide. `epsilon` is the color variance
    below which a window counts as flat.

    Source: He, Sun, Tang, "Guided Image Filtering" (2010), equations 19-21, and "Fast Guided
    Filter" (arXiv 1505.00996) for the enlarging.
    """

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        smooth: NDArray[np.float32] = ndimage.uniform_filter(values, 2 * radius + 1, mode="nearest")
        return smooth

    red, green, blue = (np.ascontiguousarray(guide[..., channel]) for channel in range(3))
    mean_red, mean_green, mean_blue, mean_mask = mean(red), mean(green), mean(blue), mean(mask)
    # The symmetric 3 x 3 covariance of the colors, and of the colors with the mask, in every window.
    rr = mean(red * red) - mean_red * mean_red + epsilon
    rg = mean(red * green) - mean_red * mean_green
    rb = mean(red * blue) - mean_red * mean_blue
    gg = mean(green * green) - mean_green * mean_green + epsilon
    gb = mean(green * blue) - mean_green * mean_blue
    bb = mean(blue * blue) - mean_blue * mean_blue + epsilon
    mask_red = mean(red * mask) - mean_red * mean_mask
    mask_green = mean(green * mask) - mean_green * mean_mask
    mask_blue = mean(blue * mask) - mean_blue * mean_mask
    # Cramer's rule: np.linalg.solve on (H, W, 3, 3) takes ten times as long.
    cofactor_rr, cofactor_rg, cofactor_rb = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    cofactor_gg, cofactor_gb, cofactor_bb = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    scale = 1 / (rr * cofactor_rr + rg * cofactor_rg + rb * cofactor_rb)
    slope_red = (cofactor_rr * mask_red + cofactor_rg * mask_green + cofactor_rb * mask_blue) * scale
    slope_green = (cofactor_rg * mask_red + cofactor_gg * mask_green + cofactor_gb * mask_blue) * scale
    slope_blue = (cofactor_rb * mask_red + cofactor_gb * mask_green + cofactor_bb * mask_blue) * scale
    offset = mean_mask - slope_red * mean_red - slope_green * mean_green - slope_blue * mean_blue
    slope = np.stack([mean(slope_red), mean(slope_green), mean(slope_blue)], axis=-1)  # (H, W, 3)
    return slope, mean(offset)
