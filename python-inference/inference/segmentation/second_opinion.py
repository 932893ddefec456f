"""Two segmenters as one: what the second finds that the first has no class for."""

import numpy as np
from numpy.typing import NDArray

from inference.identity import model_digest
from inference.segmentation.duplicates import DUPLICATE_IOU, mask_iou, with_duplicates_merged
from inference.segmentation.instances import Instance, Segmenter, SegmenterDescription

FORMULA = "merged at IoU 0.85, heaps dropped; 1"
"""Part of the identity: count up when results change."""

PART_SHARE = 0.8
"""Share of an instance that lies inside another when it is a part of it."""


class SecondOpinion:
    """The union of two segmenters' instances. A Segmenter.

    GRoIE parts things that touch but knows only COCO's classes: no penguin, no butterfly, no saxophone.
    U2-Net-p finds whatever stands out but parts nothing. Where both found the same, the first one's mask
    stays and gets the names of both; a heap in which the first told the things apart is left out.
    Memory: the instances of both, one alpha each, and one more.
    """

    def __init__(self, first: Segmenter, second: Segmenter) -> None:
        self._first = first
        self._second = second

    def describe(self) -> SegmenterDescription:
        """Both, in order; random as soon as one is."""
        first, second = self._first.describe(), self._second.describe()
        licenses = dict.fromkeys([first.license, second.license])
        return SegmenterDescription(
            name=f"{first.name}+{second.name}",
            revision=f"{first.revision} + {second.revision}",
            digest=model_digest(first.digest, second.digest, FORMULA),
            weights_are_random=first.weights_are_random or second.weights_are_random,
            license=", ".join(licenses),
        )

    def segment(self, photo: NDArray[np.uint8]) -> list[Instance]:
        """(H, W, 3) sRGB -> the instances of both, each once, best first; may be empty."""
        known = self._first.segment(photo)
        other = [one for one in self._second.segment(photo) if not _is_heap_of(known, one)]
        return sorted(with_duplicates_merged([*known, *other]), key=lambda instance: -instance.mask_score)


def _is_heap_of(known: list[Instance], instance: Instance) -> bool:
    """Whether two or more known instances together are what `instance` holds as one."""
    parts = [one for one in known if _share_inside(one, instance) >= PART_SHARE]
    if len(parts) < 2:
        return False
    whole = parts[0].alpha.copy()  # (H, W)
    for part in parts[1:]:
        np.maximum(whole, part.alpha, out=whole)
    return mask_iou(whole, instance.alpha) > DUPLICATE_IOU


def _share_inside(part: Instance, whole: Instance) -> float:
    """How much of one instance's area lies in another's, 0 to 1; only the part's box is looked at."""
    left, top, width, height = part.box
    area = (slice(top, top + height), slice(left, left + width))
    inside = np.minimum(part.alpha[area], whole.alpha[area]).sum(dtype=np.float64)
    return float(inside / part.alpha[area].sum(dtype=np.float64))
