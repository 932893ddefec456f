"""On a GPU: step time and layouts per second, both against the perceptor alone.

The perceptor has ViT-B/32's shape and random weights. Skipped, saying so, where torch sees no CUDA device.
"""

import sys
import time

import torch

from speed.climbing import perceptor_step, steps_of
from speed.drawn_scenes import draw_scenes
from speed.paired_ratio import paired_ratio, report
from speed.scoring import score_and_encode
from speed.vit_b32 import VitB32

LAYOUT_COUNT, LAYER_COUNT, VIEW_COUNT, PAIR_COUNT = 100, 30, 4, 30

if not torch.cuda.is_available():
    print("skipped: torch sees no CUDA device here")
    sys.exit(0)
gpu = torch.device("cuda")
perceptor = VitB32(gpu)
drawn = draw_scenes(LAYOUT_COUNT, LAYER_COUNT, gpu)
steps = steps_of(drawn, perceptor, VIEW_COUNT)
step = paired_ratio(lambda: next(steps), perceptor_step(perceptor, VIEW_COUNT, gpu), PAIR_COUNT, gpu)

score, encode = score_and_encode(drawn, perceptor, gpu)
scoring = paired_ratio(score, encode, 5, gpu)
torch.cuda.synchronize()
began = time.perf_counter()
score()
torch.cuda.synchronize()
report(
    "on-gpu",
    gpu=torch.cuda.get_device_name(),
    step=step,
    scoring=scoring,
    layoutsPerSecond=round(LAYOUT_COUNT / (time.perf_counter() - began), 1),
)
