"""Separate objects of one saliency map: its connected components."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SMALLEST_AREA_FRACTION = 0.003
"""Components below 0.3 % of the photo are specks: they were mostly leaves, birds in the sky, reflections."""

DILATION = 3
"""Map pixels around a component in which its soft edge is kept: its width is 2-4 pixels."""


@dataclass(frozen=True)
class Component:
    """One connected bright region of a saliency map.

    `soft` is the map inside the region and its soft edge, 0 elsewhere; `area_fraction` and `score`
    (the map's mean inside the region) in [0, 1].
    """

    soft: NDArray[np.float32]  # (S, S)
    area_fraction: float
    score: float


def salient_components(saliency: NDArray[np.float32], threshold: float = 0.5) -> list[Component]:
    """The connected regions of a (S, S) map in [0, 1] above `threshold`, largest first.

    A soft edge between two regions belongs to the nearer one, so that components never overlap.
    """
    regions, count = ndimage.label(saliency > threshold, structure=np.ones((3, 3), dtype=np.int8))  # (S, S)
    if count == 0:
        return []
    areas = np.bincount(regions.ravel(), minlength=count + 1)[1:] / saliency.size
    kept = [
        index + 1 for index in np.argsort(-areas, kind="stable") if areas[index] >= SMALLEST_AREA_FRACTION
    ]
    distance, (rows, columns) = ndimage.distance_transform_edt(regions == 0, return_indices=True)
    owner = np.where(distance <= DILATION, regions[rows, columns], 0)  # (S, S)
    return [
        Component(
            soft=np.where(owner == region, saliency, 0).astype(np.float32),
            area_fraction=float(areas[region - 1]),
            score=float(saliency[regions == region].mean()),
        )
        for region in kept
    ]
