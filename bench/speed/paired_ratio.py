"""Two ways of spending time, taken in turns, and how they compare."""

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": names[0] if names else platform.processor(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def clock(device: torch.device) -> float:
    """CPU seconds of this process; on a GPU wall seconds, once it has done what it was asked."""
    if device.type == "cpu":
        return time.process_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()


def paired_ratio(
    ours: Callable[[], object], floor: Callable[[], object], pair_count: int, device: torch.device
) -> dict[str, float]:
    """Runs both in turns, `pair_count` times after a warm-up of each, and compares their sums.

    `ratio` is ours / floor; `low` and `high` its 95 % interval, by bootstrap over the pairs (10,000 draws,
    seeded).
    """
    ours(), floor()
    pairs = []
    for _ in range(pair_count):
        began = clock(device)
        ours()
        between = clock(device)
        floor()
        pairs.append((between - began, clock(device) - between))
    times = torch.tensor(pairs, dtype=torch.float64)  # (N, 2)
    draws = torch.randint(pair_count, (10_000, pair_count), generator=torch.Generator().manual_seed(0))
    sums = times[draws].sum(1)  # (10000, 2)
    low, high = (sums[:, 0] / sums[:, 1]).quantile(torch.tensor([0.025, 0.975]).double()).tolist()
    mean = times.mean(0).tolist()
    ratio = mean[0] / mean[1]
    return {
        "ratio": round(ratio, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "pairs": pair_count,
        "oursMs": round(1000 * mean[0], 1),
        "floorMs": round(1000 * mean[1], 1),
    }


def report(bench: str, **figures: object) -> None:
    """The one JSON line a benchmark ends with."""
    print(json.dumps({"bench": bench, **machine(), **figures}))
