"""What is to be climbed, and how."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collage.v1.composition_service_pb2 import OptimizeCheckpoint, OptimizeOptions, Steer
from collage.v1.scene_pb2 import Gradient, Scene

from inference.composition.loss import DEFAULT_WEIGHTS, LossWeights, Targets
from inference.composition.scene_tensors import SceneTensors, scene_to_tensors
from inference.composition.score import score_scenes
from inference.composition.sprites import SpriteSet
from inference.embedding.perceptor import Perceptor

DEFAULT_VIEW_COUNT = 4
# The views that decide between start and best; more than a step's, for they are drawn only once.
EVALUATION_VIEW_COUNT = 8


@dataclass(frozen=True)
class Climb:
    """A climb that can begin; all checked."""

    start: Scene
    parameters: Sequence[int]  # at least one
    sprites: SpriteSet  # of the start's layers, and of the checkpoint's
    targets: Targets
    perceptor: Perceptor
    options: OptimizeOptions
    anchor: Gradient  # what the background's colors are held to
    checkpoint: OptimizeCheckpoint | None = None
    weights: LossWeights = DEFAULT_WEIGHTS
    keyphrase_weights: Sequence[float] = ()  # as the objective has them; none: the shares are the weights
    steers: Sequence[Steer] = ()  # of an earlier climb, in order of step
    find_cutouts: Callable[[list[str]], SpriteSet] | None = None  # raises UnknownCutout; None: only `sprites`

    def find_sprites(self, digests: list[str]) -> SpriteSet:
        """Those of layers that are added. Raises UnknownCutout for what is not held."""
        if self.find_cutouts:
            return self.find_cutouts(digests)
        self.sprites.of(digests)
        return self.sprites

    @property
    def view_count(self) -> int:
        """Views a step."""
        return self.options.view_count or DEFAULT_VIEW_COUNT


def score_alike(
    scenes: Sequence[SceneTensors], sprites: SpriteSet, targets: Targets, task: Climb, views: int, seed: int
) -> list[float]:
    """The scores of scenes seen through the same views, without gradient."""
    groups = score_scenes(scenes, sprites, targets, task.perceptor, views, seed, task.weights)
    return [score.score for group in groups for score in group]


def evaluate(scene: Scene, sprites: SpriteSet, targets: Targets, task: Climb) -> float:
    """The score as ScoreScenes gives it, on views that depend on the climb's seed alone."""
    tensors = [scene_to_tensors(scene)]
    return score_alike(tensors, sprites, targets, task, EVALUATION_VIEW_COUNT, task.options.seed)[0]
