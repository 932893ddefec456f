"""Instances that are worth handing on: big enough, and each once."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.segmentation.instances import Instance, Label

DUPLICATE_IOU = 0.85
SHORTEST_SIDE = 24
"""Pixels: smaller cut-outs are unreadable at any size in a collage."""

SMALLEST_AREA_FRACTION = 0.002
"""Share of the photo; below the 0.3 % of the map's components, because edges are drawn in."""


def mask_iou(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Intersection over union of two (H, W) soft masks (minimum over maximum); 0 when both are empty."""
    union = float(np.maximum(first, second).sum(dtype=np.float64))
    return float(np.minimum(first, second).sum(dtype=np.float64)) / union if union > 0 else 0.0


def without_duplicates(instances: list[Instance]) -> list[Instance]:
    """The instances less those that repeat an earlier one (mask IoU above 0.85); the order stays."""
    kept: list[Instance] = []
    for instance in instances:
        if all(mask_iou(instance.alpha, other.alpha) <= DUPLICATE_IOU for other in kept):
            kept.append(instance)
    return kept


def with_duplicates_merged(instances: list[Instance]) -> list[Instance]:
    """The instances less those that repeat an earlier one (mask IoU above 0.85), whose names go to it; the
    order stays. A name that comes twice keeps its higher score."""
    kept: list[Instance] = []
    for instance in instances:
        twin = next((i for i, one in enumerate(kept) if _is_same(one, instance)), None)
        if twin is None:
            kept.append(instance)
        else:
            kept[twin] = replace(kept[twin], labels=_merged(kept[twin].labels, instance.labels))
    return kept


def _is_same(first: Instance, second: Instance) -> bool:
    return mask_iou(first.alpha, second.alpha) > DUPLICATE_IOU


def _merged(first: list[Label], second: list[Label]) -> list[Label]:
    best: dict[tuple[str, str], Label] = {}
    for label in sorted([*first, *second], key=lambda label: -label.score):
        best.setdefault((label.vocabulary, label.name), label)
    return list(best.values())


def is_large_enough(alpha: NDArray[np.float32], box: tuple[int, int, int, int]) -> bool:
    """Whether a mask's box (left, top, width, height) and area (of its photo, (H, W)) can be used."""
    return min(box[2:]) >= SHORTEST_SIDE and float(alpha.mean(dtype=np.float64)) >= SMALLEST_AREA_FRACTION
