"""Results of the baselines, kept on disk: each takes minutes and depends on nothing that we tune."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from judging.data import DATA
from judging.picture_files import read_picture, write_picture


@dataclass(frozen=True)
class Iterate:
    """A baseline's picture after a step, as it is kept: 8 bits a channel."""

    step: int
    cpu_seconds: float  # of the baseline's process since it began
    picture: Tensor  # (3, 224, 224) in [0, 1]
    file: Path | None = None  # where it is kept


def kept_iterates(
    name: str, run_id: str, depends_on: Iterable[object], make: Callable[[], Iterable[Iterate]]
) -> list[Iterate]:
    """The iterates of a baseline on one prompt; made only where none are kept for the same `depends_on`.

    Among these belong the baseline's VERSION and everything its result depends on but for the machine.
    """
    key = hashlib.sha256(repr(list(depends_on)).encode()).hexdigest()[:12]
    folder = DATA / "baselines" / name / run_id / key
    index = folder / "iterates.json"
    if not index.exists():
        iterates = list(make())
        for iterate in iterates:
            write_picture(_file(folder, iterate.step), iterate.picture)
        rows = [{"step": iterate.step, "cpuSeconds": iterate.cpu_seconds} for iterate in iterates]
        index.write_text(json.dumps(rows))
    return [
        Iterate(row["step"], row["cpuSeconds"], read_picture(file), file)
        for row in json.loads(index.read_text())
        for file in [_file(folder, row["step"])]
    ]


def _file(folder: Path, step: int) -> Path:
    return folder / f"{step:05}.png"
