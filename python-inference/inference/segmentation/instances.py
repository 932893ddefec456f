"""What every segmenter offers: the objects of a photo, as masks."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Label:
    """One guess of what an instance shows. `score` in [0, 1]."""

    name: str
    vocabulary: str
    score: float


@dataclass(frozen=True)
class Instance:
    """One object of a photo.

    `alpha` is float32 (H, W) in [0, 1], the photo's own size, soft where the segmenter knows better
    than 0 or 1; `box` is (left, top, width, height) in pixels, tight around alpha > 0; `mask_score` in
    [0, 1]; `labels` best first, may be empty; `may_be_several`: it may be several objects merged.
    """

    alpha: NDArray[np.float32]
    box: tuple[int, int, int, int]
    mask_score: float
    labels: list[Label]
    may_be_several: bool


@dataclass(frozen=True)
class SegmenterDescription:
    """Identity of a segmenter; `digest` covers weights, preprocessing and formula."""

    name: str
    revision: str
    digest: str
    weights_are_random: bool
    license: str


class Segmenter(Protocol):
    """Finds the objects of one photo."""

    def describe(self) -> SegmenterDescription:
        """Who answers."""
        ...

    def segment(self, photo: NDArray[np.uint8]) -> list[Instance]:
        """(H, W, 3) sRGB -> instances, best first; may be empty. Same photo, same answer, to the bit."""
        ...
