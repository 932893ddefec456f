"""Scenes scored without gradient: random layouts by the hundred, and both ends of a climb."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import torch
from collage.v1.composition_service_pb2 import SceneScore
from torch import Tensor
from torch.nn import functional as F

from inference.composition.compositor import render_scenes
from inference.composition.loss import DEFAULT_WEIGHTS, LossWeights, Targets, assess
from inference.composition.scene_tensors import SceneTensors
from inference.composition.sprites import SpriteSet
from inference.composition.views import canvas_size, take_views, view_quads
from inference.embedding.perceptor import Perceptor

# Always this many views in one pass, the rest blank: kernels choose their order of additions by the
# shape, so a score would otherwise depend on the company. On a CPU ViT-B/32 gets no faster beyond 4, and
# EfficientNet-Lite1 takes a third more for each view in batches of 8, which no longer fit its caches.
BATCH_SIZE = 4


@torch.no_grad()
def score_scenes(
    scenes: Sequence[SceneTensors],
    sprites: SpriteSet,
    targets: Targets,
    perceptor: Perceptor,
    view_count: int,
    seed: int,
    weights: LossWeights = DEFAULT_WEIGHTS,
) -> Iterator[list[SceneScore]]:
    """Scores in order, a few scenes at a time, so that a caller may stop in between.

    Deterministic, and independent of the other scenes. All scenes are seen through the same views,
    those of step 0.
    """
    model = perceptor.describe()
    size = model.input_size
    group_size = max(1, BATCH_SIZE // view_count)
    for start in range(0, len(scenes), group_size):
        group = scenes[start : start + group_size]
        canvases = [canvas_size(scene.aspect_ratio, size) for scene in group]
        paintings, views = [], []
        for canvas, same in groupby(range(len(group)), canvases.__getitem__):
            painted = render_scenes([group[index] for index in same], sprites, *canvas)
            pictures = torch.stack([painting.picture for painting in painted])  # (B, 3, H, W)
            paintings += painted
            views.append(take_views(pictures, view_quads(*canvas, view_count, seed, 0), size))
        vectors = encode_in_full_batches(torch.cat(views), perceptor)  # (N, D)
        yield [
            assess(scene, sprites.of(scene.digests), painting, canvas[0], seen, targets, weights).to_message(
                model.name, model.digest
            )
            for scene, painting, canvas, seen in zip(
                group, paintings, canvases, torch.split(vectors, view_count), strict=True
            )
        ]


def encode_in_full_batches(views: Tensor, perceptor: Perceptor) -> Tensor:
    """(N, 3, S, S) -> (N, D), in batches of BATCH_SIZE, the last one filled up with blanks."""
    blanks = -len(views) % BATCH_SIZE
    padded = F.pad(views, (0, 0, 0, 0, 0, 0, 0, blanks))
    vectors = [perceptor.encode_pictures(batch) for batch in torch.split(padded, BATCH_SIZE)]
    return torch.cat(vectors)[: len(views)]
