"""Scoring 100 layouts of 30 cut-outs against encoding 100 ready pictures (ViT-B/32 shape, random weights)."""

import sys

import torch

from inference.composition.loss import encode_objective
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.score import BATCH_SIZE, score_scenes
from speed.climbing import OBJECTIVE
from speed.drawn_scenes import draw_scenes
from speed.paired_ratio import paired_ratio, report
from speed.vit_b32 import VitB32

LAYOUT_COUNT, LAYER_COUNT = 100, 30
pair_count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
cpu = torch.device("cpu")
torch.set_num_threads(1)
perceptor = VitB32(cpu)
drawn = draw_scenes(LAYOUT_COUNT, LAYER_COUNT, cpu)
targets = encode_objective(OBJECTIVE, perceptor)
pictures = torch.rand(LAYOUT_COUNT, 3, 224, 224)


def score() -> None:
    tensors = [scene_to_tensors(scene) for scene in drawn.scenes]
    for _ in score_scenes(tensors, drawn.sprites, targets, perceptor, 1, 0):
        pass


@torch.no_grad()
def encode() -> None:
    for batch in pictures.split(BATCH_SIZE):
        perceptor.encode_pictures(batch)


report(
    "layout-scoring",
    layouts=LAYOUT_COUNT,
    layers=LAYER_COUNT,
    target=1.15,
    **paired_ratio(score, encode, pair_count, cpu),
)
