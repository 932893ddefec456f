"""The notebook's iterates of recorded runs, for bench/gallery.mjs: a JSON line a run, with their files.

python bench/baselines/keep_as_coded.py RUN.json ...
"""

import json
import sys
from pathlib import Path

import torch

from baselines.as_coded import as_coded_iterates
from collages.recorded_runs import RecordedRun


def main() -> None:
    torch.set_num_threads(1)
    for file in sys.argv[1:]:
        run = RecordedRun(json.loads(Path(file).read_text()))
        iterates = as_coded_iterates(run.id, run.cutouts)
        files = {iterate.step: str(iterate.file) for iterate in iterates}
        print(json.dumps({"id": run.id, "files": files, "cpuSeconds": iterates[-1].cpu_seconds}), flush=True)


if __name__ == "__main__":
    main()
