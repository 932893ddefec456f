"""The best line from left to right through a table of gains."""

import numpy as np
from numpy.typing import NDArray

STEP_COST = 0.5
"""Cost of one row up or down between neighboring columns: little, for towers are vertical."""


def best_path(gain: NDArray[np.float64]) -> NDArray[np.int64]:
    """One row for each column of `gain` (R, W), such that the sum of the gains less STEP_COST for each
    row climbed or fallen is largest. Ties go to the upper row.

    Dynamic programming from left to right. The best predecessor under a cost linear in distance is a
    running maximum from above and one from below (Felzenszwalb and Huttenlocher, "Distance
    Transforms of Sampled Functions", 2012), so a column costs O(R) instead of O(R squared).
    """
    row_count, width = gain.shape
    rows = np.arange(row_count)
    ramp = STEP_COST * rows
    predecessors = np.zeros((width, row_count), np.int64)
    best = gain[:, 0].copy()
    for column in range(1, width):
        from_above, above = _running_maximum(best + ramp)
        from_below, below = _running_maximum((best - ramp)[::-1])
        from_above, from_below = from_above - ramp, from_below[::-1] + ramp
        below = row_count - 1 - below[::-1]
        predecessors[column] = np.where(from_above >= from_below, above, below)
        best = np.maximum(from_above, from_below) + gain[:, column]
    path = np.zeros(width, np.int64)
    path[-1] = best.argmax()
    for column in range(width - 1, 0, -1):
        path[column - 1] = predecessors[column, path[column]]
    return path


def _running_maximum(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The largest of the values so far, and where it was met last."""
    largest = np.maximum.accumulate(values)
    where = np.maximum.accumulate(np.where(values >= largest, np.arange(values.size), 0))
    return largest, where
