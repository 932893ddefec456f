"""How sure a mean of few differences is."""

import numpy as np

RESAMPLE_COUNT = 10_000


def mean_interval(values: list[float], seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean (Efron 1979): 10,000 seeded resamples of the values."""
    draw = np.random.default_rng(seed)
    resamples = draw.choice(np.asarray(values), size=(RESAMPLE_COUNT, len(values)))
    low, high = np.percentile(resamples.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
