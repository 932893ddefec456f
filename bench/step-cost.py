"""One optimization step against the perceptor's part of it alone, 30 and 300 cut-outs.

The perceptor has ViT-B/32's shape and random weights. CPU time, interleaved pairs.
"""

import sys

import torch

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
    steps = steps_of(draw_scenes(1, layer_count, cpu), perceptor, VIEW_COUNT)
    alone = perceptor_step(perceptor, VIEW_COUNT, cpu)
    figures[f"layers{layer_count}"] = {
        **paired_ratio(lambda steps=steps: next(steps), alone, pair_count, cpu),
        "target": target,
    }
    print(layer_count, figures[f"layers{layer_count}"])
report("step-cost", views=VIEW_COUNT, **figures)
