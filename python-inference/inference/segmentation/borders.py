"""Where a mask ends: its tight box, and which edges of the photo cut it off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHORTEST_RUN = 0.02
"""Share of an edge that must be covered: a whisker that reaches the frame is not cut off by it."""


@dataclass(frozen=True)
class TouchedBorders:
    """The edges of the photo that cut a mask off."""

    left: bool
    top: bool
    right: bool
    bottom: bool


def tight_box(alpha: NDArray[np.float32]) -> tuple[int, int, int, int] | None:
    """(left, top, width, height) in pixels around alpha > 0 of a (H, W) mask; None when it is empty."""
    rows = np.flatnonzero((alpha > 0).any(axis=1))
    columns = np.flatnonzero((alpha > 0).any(axis=0))
    if rows.size == 0:
        return None
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def touched_borders(alpha: NDArray[np.float32]) -> TouchedBorders:
    """Edges whose outermost pixels are mostly opaque (alpha > 0.5) along at least 2 % of the edge.

    Convention: alpha is (H, W), row 0 the top, column 0 the left.
    """
    return TouchedBorders(
        left=_touches(alpha[:, 0]),
        top=_touches(alpha[0]),
        right=_touches(alpha[:, -1]),
        bottom=_touches(alpha[-1]),
    )


def _touches(edge: NDArray[np.float32]) -> bool:
    return int((edge > 0.5).sum()) >= max(2, SHORTEST_RUN * edge.size)
