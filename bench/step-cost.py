"""One optimization step against the perceptor's part of it alone, 30 and 300 cut-outs.

The perceptor has ViT-B/32's shape and random weights. CPU time, interleaved pairs. A step is what the
gradient takes. Every tenth is followed by a try of another order and other flips, which costs about a step
more: the mean over ten steps with their try is told as well.
"""

import sys

import torch

from inference.composition.moves import MOVE_INTERVAL_STEPS
from speed.climbing import perceptor_step, steps_of
from speed.drawn_scenes import draw_scenes
from speed.paired_ratio import paired_ratio, report
from speed.vit_b32 import VitB32

VIEW_COUNT = 4
pair_count = int(sys.argv[1]) if len(sys.argv) > 1 else 24
cpu = torch.device("cpu")
torch.set_num_threads(1)  # so that CPU time is work, not waiting
perceptor = VitB32(cpu)
figures = {}
for layer_count, target in ((30, 1.06), (300, 1.30)):
    drawn = draw_scenes(1, layer_count, cpu)
    alone = perceptor_step(perceptor, VIEW_COUNT, cpu)
    steps = steps_of(drawn, perceptor, VIEW_COUNT, with_moves=False)
    figures[f"layers{layer_count}"] = {
        **paired_ratio(lambda steps=steps: next(steps), alone, pair_count, cpu),
        "target": target,
    }
    print(layer_count, figures[f"layers{layer_count}"], flush=True)
    trying = steps_of(drawn, perceptor, VIEW_COUNT)
    figures[f"layers{layer_count}WithMoves"] = paired_ratio(
        lambda steps=trying: [next(steps) for _ in range(MOVE_INTERVAL_STEPS)],
        lambda alone=alone: [alone() for _ in range(MOVE_INTERVAL_STEPS)],
        max(2, pair_count // MOVE_INTERVAL_STEPS),
        cpu,
    )
    print(layer_count, "with moves", figures[f"layers{layer_count}WithMoves"], flush=True)
report("step-cost", views=VIEW_COUNT, **figures)
