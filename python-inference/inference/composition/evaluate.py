"""A finished scene judged: by the perceptor it was climbed against, and by one that no climb has seen.

lift           = (similarity - mean) / std        of the similarities of random layouts (reference_layouts.py)
overfit index  = 1 - held-out lift / lift         0 where lift is not above 0: nothing was won
mirror drop    = (similarity - similarity of the mirrored picture) / std
contribution_i = score - score without layer i    as ScoreScenes scores

A similarity is the cosine of the whole picture, squashed to the perceptor's square, and the prompt.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from collage.v1.composition_service_pb2 import Objective, SceneEvaluation
from collage.v1.scene_pb2 import Scene
from torch import Tensor

from inference.composition.compositor import render, render_scenes
from inference.composition.layout_terms import layer_areas
from inference.composition.loss import encode_objective
from inference.composition.painting import Painting
from inference.composition.reference_layouts import reference_layouts
from inference.composition.scene_tensors import SceneTensors, scene_to_tensors
from inference.composition.score import BATCH_SIZE, encode_in_full_batches, score_scenes
from inference.composition.sprites import SpriteSet
from inference.composition.views import canvas_size, take_views, view_quads
from inference.embedding.perceptor import Perceptor
from inference.identity import model_identity

# The whole picture and a crop: a layer's worth is a difference of scores through the same eyes.
CONTRIBUTION_VIEW_COUNT = 2
# Where a perceptor sees all random layouts alike, their spread is rounding and no unit.
LEAST_STD = 1e-3


@dataclass(frozen=True)
class Evaluation:
    """What is to be judged, and by whom; all checked, at least one layer."""

    scene: Scene
    sprites: SpriteSet
    objective: Objective
    perceptor: Perceptor  # the one that was climbed against
    held_out_perceptor: Perceptor
    seed: int


@dataclass(frozen=True)
class Judge:
    """A perceptor with the prompt in its space."""

    perceptor: Perceptor
    prompt: Tensor  # (D,)

    def similarities(self, pictures: list[Tensor]) -> Tensor:
        """(N,) of (3, H, W) pictures, all of one size."""
        _, height, width = pictures[0].shape
        whole = view_quads(height, width, 1, 0, 0)
        views = take_views(torch.stack(pictures), whole, self.perceptor.describe().input_size)  # (N, 3, S, S)
        return encode_in_full_batches(views, self.perceptor) @ self.prompt


@torch.no_grad()
def evaluate_scene(task: Evaluation) -> Iterator[int | SceneEvaluation]:
    """Yields how many scenes were looked at, after a few each time, then the judgement.

    Deterministic. Every picture is painted once, at the size of the perceptor climbed against, and shown
    to both: `similarity` is then what ScoreScenes sees in its first view.
    """
    scene = scene_to_tensors(task.scene)
    canvas = canvas_size(scene.aspect_ratio, task.perceptor.describe().input_size)
    judges = [_judge(task, perceptor) for perceptor in (task.perceptor, task.held_out_perceptor)]

    painting = render(scene, task.sprites, *canvas)
    own = _look([painting.picture, painting.picture.flip(-1)], judges)  # (2 judges, as it is and mirrored)
    seen_count = 1
    yield seen_count

    references: list[Tensor] = []  # each (2 judges, BATCH_SIZE)
    layouts = reference_layouts(scene.digests, task.sprites, scene.aspect_ratio, task.seed)
    for start in range(0, len(layouts), BATCH_SIZE):
        batch = [scene_to_tensors(layout) for layout in layouts[start : start + BATCH_SIZE]]
        paintings = render_scenes(batch, task.sprites, *canvas)
        references.append(_look([each.picture for each in paintings], judges))
        seen_count += len(batch)
        yield seen_count
    mean, std = _moments(torch.cat(references, 1))  # each (2 judges,)

    scores: list[float] = []
    for group in _score_leaving_one_out(task):
        scores += group
        seen_count += len(group)
        yield seen_count

    similarity, held_out_similarity = own[:, 0].tolist()
    lift, held_out_lift = ((own[:, 0] - mean) / std).tolist()
    shares = _shares(scene, task.sprites, painting, canvas[0])
    yield SceneEvaluation(
        perceptor=model_identity(task.perceptor.describe()),
        similarity=similarity,
        lift=lift,
        held_out_perceptor=model_identity(task.held_out_perceptor.describe()),
        held_out_similarity=held_out_similarity,
        held_out_lift=held_out_lift,
        overfit_index=1 - held_out_lift / lift if lift > 0 else 0.0,
        mirror_drop=float((own[0, 0] - own[0, 1]) / std[0]),
        contributions=[scores[0] - without for without in scores[1:]],
        visible_shares=shares.visible,
        off_canvas_share=shares.off_canvas,
        blank_share=shares.blank,
    )


@dataclass(frozen=True)
class Shares:
    """Areas of a painting, each as a share, 0 to 1."""

    visible: list[float]  # L: of the layer's own area
    off_canvas: float  # of the area of all layers
    blank: float  # of the canvas


def _shares(scene: SceneTensors, sprites: SpriteSet, painting: Painting, canvas_height: int) -> Shares:
    """Convention: an area is alpha summed over pixels, so what is soft or see-through counts in part."""
    areas = layer_areas(scene, sprites.of(scene.digests), canvas_height)  # (L,)
    visible = painting.visible_areas.double().cpu()
    painted = painting.painted_areas.double().cpu()
    _, height, width = painting.picture.shape
    return Shares(
        visible=(visible / areas).clamp(0, 1).tolist(),
        off_canvas=float((1 - painted.sum() / areas.sum()).clamp(0, 1)),
        # What layers show of themselves sums to what they cover together.
        blank=float((1 - visible.sum() / (height * width)).clamp(0, 1)),
    )


def _score_leaving_one_out(task: Evaluation) -> Iterator[list[float]]:
    """The score of the scene, then of the scene without each of its layers; a few at a time."""
    scenes = [task.scene]
    for index in range(len(task.scene.layers)):
        without = Scene()
        without.CopyFrom(task.scene)
        del without.layers[index]
        scenes.append(without)
    targets = encode_objective(task.objective, task.perceptor)
    tensors = [scene_to_tensors(each) for each in scenes]
    for group in score_scenes(
        tensors, task.sprites, targets, task.perceptor, CONTRIBUTION_VIEW_COUNT, task.seed
    ):
        yield [score.score for score in group]


def _judge(task: Evaluation, perceptor: Perceptor) -> Judge:
    return Judge(perceptor, perceptor.encode_texts([task.objective.prompt])[0])


def _look(pictures: list[Tensor], judges: Sequence[Judge]) -> Tensor:
    """(J, N) similarities, float64 on the CPU."""
    return torch.stack([judge.similarities(pictures).double().cpu() for judge in judges])


def _moments(similarities: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (J,) of (J, N)."""
    return similarities.mean(1), similarities.std(1).clamp_min(LEAST_STD)
