"""Scoring 100 layouts of 30 cut-outs against encoding 100 ready pictures (ViT-B/32 shape, random weights)."""

import sys

import torch

from speed.drawn_scenes import draw_scenes
from speed.paired_ratio import paired_ratio, report
from speed.scoring import score_and_encode
from speed.vit_b32 import VitB32

LAYOUT_COUNT, LAYER_COUNT = 100, 30
pair_count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
cpu = torch.device("cpu")
torch.set_num_threads(1)
perceptor = VitB32(cpu)
drawn = draw_scenes(LAYOUT_COUNT, LAYER_COUNT, cpu)
score, encode = score_and_encode(drawn, perceptor, cpu)

report(
    "layout-scoring",
    layouts=LAYOUT_COUNT,
    layers=LAYER_COUNT,
    target=1.15,
    **paired_ratio(score, encode, pair_count, cpu),
)
