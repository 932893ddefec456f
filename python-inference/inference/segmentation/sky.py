"""Where the sky ends: splits a landscape into sky above and land below."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.segmentation.skyline_path import best_path

THRESHOLDS = np.geomspace(8, 400, 16)
"""Sobel magnitudes of 8-bit gray at which the sky may end, from misty hills to a cloudy sky."""

FIRST_ROW = 2
"""The frame itself must not count as the sky's end."""

COLOR_BINS = 12
"""Bins a channel: 16 left too few pixels in each at 320 x 320, 8 merged sky and sea."""

REDRAWS = 2
EDGE_GAIN = 3.0
"""Worth of an edge under the border, in nats for each e-fold of Sobel magnitude over 20."""


@dataclass(frozen=True)
class Skyline:
    """The border between sky and land.

    `border` (W,): first row of land in each column. `agreement` in [0, 1]: the smaller of the shares
    of sky and land pixels whose color and texture agree with their side. `sky_columns`: share of
    columns with sky; `sky_share`: share of the photo.
    """

    border: NDArray[np.int64]
    agreement: float
    sky_columns: float
    sky_share: float


def find_skyline(photo: NDArray[np.uint8]) -> Skyline | None:
    """The likeliest end of a sky that begins at the top edge of a (H, W, 3) photo; about 320 x 320 is
    enough and takes 50 ms. It always draws one; `agreement` tells skies from anything else. None for
    a photo without any edge.

    Sources: first border as Shen and Wang, "Sky Region Detection in a Single Image for Autonomous
    Ground Robot Navigation" (2013): of several gradient thresholds, the one that leaves the evenest sky
    and land. It leaks through misty columns and stops at clouds; so it only teaches two histograms
    (color, texture), under which the best connected border is then drawn anew.
    """
    height, width = photo.shape[:2]
    gray = photo.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)  # (H, W)
    gradient = np.hypot(ndimage.sobel(gray, axis=0), ndimage.sobel(gray, axis=1))  # (H, W)
    border = _evenest_border(photo, gradient)
    if border is None:
        return None
    border = ndimage.median_filter(border, width // 10, mode="nearest")
    for _ in range(REDRAWS):
        evidence = _sky_evidence(photo, gradient, _above(border, height))
        border = _redrawn_border(evidence, gradient)
    sky = _above(border, height)
    if sky.all() or not sky.any():
        return None
    return Skyline(
        border=border,
        agreement=float(min((evidence[sky] > 0).mean(), (evidence[~sky] < 0).mean())),
        sky_columns=float((border > 0.03 * height).mean()),
        sky_share=float(sky.mean()),
    )


def _above(border: NDArray[np.int64], height: int) -> NDArray[np.bool_]:
    above: NDArray[np.bool_] = np.arange(height)[:, None] < border
    return above  # (H, W)


def _evenest_border(photo: NDArray[np.uint8], gradient: NDArray[np.float32]) -> NDArray[np.int64] | None:
    """First row of a strong edge in each column, for the threshold that leaves the evenest sides."""
    height, width = gradient.shape
    homogeneous = np.concatenate([np.ones((height, width, 1)), photo.astype(np.float64)], axis=-1)
    products = homogeneous[..., :, None] * homogeneous[..., None, :]  # (H, W, 4, 4)
    sums = np.concatenate([np.zeros((1, width, 4, 4)), products.cumsum(axis=0)])  # (H + 1, W, 4, 4)
    total = sums[-1].sum(axis=0)
    best: NDArray[np.int64] | None = None
    best_energy = np.inf
    for threshold in THRESHOLDS:
        strong = gradient > threshold
        strong[:FIRST_ROW] = False
        border = np.where(strong.any(axis=0), strong.argmax(axis=0), height)
        sky = sums[border, np.arange(width)].sum(axis=0)  # (4, 4)
        if not 0.02 < sky[0, 0] / total[0, 0] < 0.98:
            continue
        # The source counts an even sky twice as much as an even land.
        energy = 2 * _unevenness(sky) + _unevenness(total - sky)
        if energy < best_energy:
            best, best_energy = border, energy
    return best


def _unevenness(sums: NDArray[np.float64]) -> float:
    """Determinant and largest eigenvalue of the color covariance, from sums of homogeneous products."""
    mean = sums[0, 1:] / sums[0, 0]
    covariance = sums[1:, 1:] / sums[0, 0] - np.outer(mean, mean)
    return float(np.linalg.det(covariance) + np.linalg.eigvalsh(covariance)[-1])


def _sky_evidence(
    photo: NDArray[np.uint8], gradient: NDArray[np.float32], sky: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Log-likelihood ratio (H, W) of sky over land, by color and by texture, both clipped: no single
    pixel may decide."""
    color = (photo.astype(np.int64) * COLOR_BINS // 256) @ np.array([COLOR_BINS**2, COLOR_BINS, 1])
    texture = np.minimum(3 * np.log2(ndimage.uniform_filter(gradient, 5) + 1), 29).astype(np.int64)
    by_color = _log_ratio(color, sky, (COLOR_BINS,) * 3)
    by_texture = _log_ratio(texture, sky, (30,))
    return (np.clip(by_color, -3, 3) + np.clip(by_texture, -2, 2)).astype(np.float32)


def _log_ratio(
    bins: NDArray[np.int64], sky: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """ln(P(bin | sky) / P(bin | land)) of every pixel, from smoothed histograms."""
    densities = []
    for side in (sky, ~sky):
        counts = np.bincount(bins[side], minlength=int(np.prod(shape))).astype(np.float64).reshape(shape)
        density = ndimage.gaussian_filter(counts, 0.7) / max(counts.sum(), 1.0)
        densities.append(density.ravel() + 1e-5)
    ratio: NDArray[np.float64] = np.log(densities[0] / densities[1])[bins]
    return ratio


def _redrawn_border(evidence: NDArray[np.float32], gradient: NDArray[np.float32]) -> NDArray[np.int64]:
    """The connected border with most evidence of sky above it and an edge under it."""
    height, width = evidence.shape
    gain = np.zeros((height + 1, width))
    gain[1:] = evidence.cumsum(axis=0)
    gain[1:height] += EDGE_GAIN * np.log1p(gradient[1:] / 20)
    return best_path(gain)
