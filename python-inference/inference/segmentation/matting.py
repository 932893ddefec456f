"""Removes the old background's color from a cut-out's soft edge."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

WIDE_RADIUS = 6
"""Samples around a pixel in the wide estimate, which looks `reach` pixels far: the mean of 13 x 13 samples is
as good as that of all pixels and costs a sixteenth."""

NARROW_RADIUS = 4
"""Pixels around a pixel in the narrow estimate, which follows the color along the edge."""

BLEED = 3
"""Transparent pixels next to the edge that carry its color: bilinear and bicubic sampling of straight alpha
read at most two pixels beyond it."""

STRIP_PIXELS = 1_000_000
"""Pixels worked on at a time: about 0.1 GB of float32 colors, however large the photo is."""


def decontaminated(photo: NDArray[np.uint8], alpha: NDArray[np.float32], reach: int) -> NDArray[np.uint8]:
    """Foreground colors (H, W, 3) of a photo cut by `alpha` (H, W) in [0, 1].

    Opaque pixels keep their color exactly. Where 0 < alpha < 1 the color is the foreground's share of
    the mixture; transparent pixels next to the edge continue it, and those farther away are black, which
    costs nothing in a PNG. `reach` is how many pixels away the next opaque and the next transparent
    pixel may be.

    Convention: straight alpha; colors are mixed in non-linear sRGB, as every renderer here blends.

    Source: Forte, "Approximate Fast Foreground Colour Estimation" (ICIP 2021): blur fusion, wide and
    then narrow.
    """
    result = np.where((alpha == 1)[..., None], photo, 0).astype(np.uint8)
    soft = (alpha > 0) & (alpha < 1)  # (H, W)
    if not soft.any():
        return result
    edge = ndimage.binary_dilation(soft, iterations=BLEED) & (alpha < 1)
    step = max(1, reach // WIDE_RADIUS)
    wide = _wide_means(photo, alpha, step)  # (h, w, 6)
    height, width = alpha.shape
    strip = max(1, STRIP_PIXELS // width)
    for start in range(0, height, strip):
        stop = min(height, start + strip)
        first = max(0, start - NARROW_RADIUS)
        halo = slice(first, min(height, stop + NARROW_RADIUS))
        means = _at_edge(wide, edge[halo], first, step)  # (N, 6)
        colors = _edge_colors(photo[halo], alpha[halo], edge[halo], means)  # (N, 3)
        filled = result[halo].copy()
        filled[edge[halo]] = np.clip(np.rint(colors), 0, 255).astype(np.uint8)
        result[start:stop] = filled[start - first : stop - first]
    return result


def _wide_means(photo: NDArray[np.uint8], alpha: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Neighborhood means of foreground and background (h, w, 6) on a grid of every `step`-th pixel."""
    grid = np.ix_(*(np.arange(min(step // 2, length - 1), length, step) for length in alpha.shape))
    colors, opacity = photo[grid].astype(np.float32), alpha[grid][..., None]
    return np.concatenate(
        [_weighted_mean(colors, weight, WIDE_RADIUS) for weight in (opacity, 1 - opacity)], axis=-1
    )


def _at_edge(
    wide: NDArray[np.float32], edge: NDArray[np.bool_], first_row: int, step: int
) -> NDArray[np.float32]:
    """The grid's values (N, 6) at the edge pixels of rows from `first_row` on, bilinear."""
    rows, columns = np.nonzero(edge)
    places = (np.stack([rows + first_row, columns]) - step // 2) / step
    return np.stack(
        [
            ndimage.map_coordinates(wide[..., channel], places, order=1, mode="nearest")
            for channel in range(wide.shape[-1])
        ],
        axis=-1,
    )


def _edge_colors(
    photo: NDArray[np.uint8], alpha: NDArray[np.float32], edge: NDArray[np.bool_], means: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Foreground (N, 3) of the edge pixels from their wide means (N, 6): what these leave unexplained goes
    to the foreground, is averaged narrowly, and once more."""
    mixture, opacity = photo[edge].astype(np.float32), alpha[edge][:, None]
    background = means[:, 3:]  # smooth already: serves both times
    foreground = photo.astype(np.float32)  # (H, W, 3); right wherever alpha is 1, of no weight where it is 0
    foreground[edge] = _fused(mixture, opacity, means[:, :3], background)
    near = _weighted_mean(foreground, alpha[..., None], NARROW_RADIUS)[edge]
    return _fused(mixture, opacity, near, background)


def _fused(
    mixture: NDArray[np.float32],
    opacity: NDArray[np.float32],
    foreground: NDArray[np.float32],
    background: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The foreground corrected by its share of what the mixture leaves unexplained; all (N, 3) but
    opacity (N, 1)."""
    remainder = mixture - opacity * foreground - (1 - opacity) * background
    corrected: NDArray[np.float32] = np.clip(foreground + opacity * remainder, 0, 255)
    return corrected


def _weighted_mean(
    values: NDArray[np.float32], weight: NDArray[np.float32], radius: int
) -> NDArray[np.float32]:
    """Mean of values (H, W, 3) in windows of 2 radius + 1, weighted by the cube of `weight` (H, W, 1);
    0 where there is no weight at all.

    The source weighs by opacity itself; mixed colors then count too, and a soft red disk on green keeps
    3 % of the green. The cube trusts the nearly opaque: 1 %.
    """
    size = (2 * radius + 1, 2 * radius + 1, 1)
    trust = weight**3
    total = ndimage.uniform_filter(values * trust, size, mode="nearest")
    mean: NDArray[np.float32] = total / (ndimage.uniform_filter(trust, size, mode="nearest") + 1e-9)
    return mean
