"""What scoring layouts is compared with: the same number of ready pictures through the perceptor alone."""

from collections.abc import Callable

import torch

from inference.composition.loss import encode_objective
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.score import BATCH_SIZE, score_scenes
from speed.climbing import OBJECTIVE
from speed.drawn_scenes import DrawnScenes
from speed.vit_b32 import VitB32


def score_and_encode(
    drawn: DrawnScenes, perceptor: VitB32, device: torch.device
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Scores all drawn scenes, one view each; encodes as many pictures of noise, in the same batches."""
    targets = encode_objective(OBJECTIVE, perceptor)
    pictures = torch.rand(len(drawn.scenes), 3, 224, 224, device=device)

    def score() -> None:
        tensors = [scene_to_tensors(scene) for scene in drawn.scenes]
        for _ in score_scenes(tensors, drawn.sprites, targets, perceptor, 1, 0):
            pass

    @torch.no_grad()
    def encode() -> None:
        for batch in pictures.split(BATCH_SIZE):
            perceptor.encode_pictures(batch)

    return score, encode
