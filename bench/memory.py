"""Peak memory of scoring 100 layouts of 30 cut-outs and climbing the first, with either perceptor.

Each perceptor gets a process of its own, of which the peak resident size is read at the end: interpreter,
torch, weights, cut-outs and all. Target: 1,536 MiB.
"""

import subprocess
import sys
from pathlib import Path

import torch

from inference.composition.loss import encode_objective
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.score import score_scenes
from inference.embedding.perceptor import Perceptor
from inference.embedding.starter import load_starter
from speed.climbing import OBJECTIVE, steps_of
from speed.drawn_scenes import draw_scenes
from speed.paired_ratio import report
from speed.vit_b32 import VitB32

LAYOUT_COUNT, LAYER_COUNT, VIEW_COUNT, STEP_COUNT = 100, 30, 4, 10
PERCEPTORS = {"starter": load_starter, "vit-b-32": VitB32}


def compose(perceptor: Perceptor) -> int:
    """Peak resident MiB of this process after layouts and climb."""
    drawn = draw_scenes(LAYOUT_COUNT, LAYER_COUNT, torch.device("cpu"))
    targets = encode_objective(OBJECTIVE, perceptor)
    tensors = [scene_to_tensors(scene) for scene in drawn.scenes]
    for _ in score_scenes(tensors, drawn.sprites, targets, perceptor, 1, 0):
        pass
    steps = steps_of(drawn, perceptor, VIEW_COUNT)
    for _ in range(STEP_COUNT):
        next(steps)
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def measure(name: str) -> int:
    """The same in a process of its own."""
    return int(subprocess.run([sys.executable, __file__, name], stdout=subprocess.PIPE, check=True).stdout)


if len(sys.argv) > 1:
    print(compose(PERCEPTORS[sys.argv[1]](torch.device("cpu"))))
else:
    peaks = {name: measure(name) for name in PERCEPTORS}
    report(
        "memory", layouts=LAYOUT_COUNT, layers=LAYER_COUNT, views=VIEW_COUNT, peakMiB=peaks, targetMiB=1536
    )
