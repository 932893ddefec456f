"""Where a climb stands between two steps: every layer, and what of it is seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from collage.v1.scene_pb2 import Scene
from torch import Tensor

from inference.composition.adam import Moments
from inference.composition.bound_terms import SoftBounds, soft_bounds
from inference.composition.held_edges import HeldEdges
from inference.composition.layer_rows import take_layers
from inference.composition.loss import Targets
from inference.composition.scene_tensors import (
    CLIMBABLE,
    OF_BACKGROUND,
    SceneTensors,
    scene_to_tensors,
)
from inference.composition.sprites import SpriteSet
from inference.composition.tensors_to_scene import tensors_to_scene


@dataclass(frozen=True)
class Iterate:
    """A scene that a climb came by, as people see it."""

    step: int  # steps done when it was there
    scene: Scene  # what is hidden or banned is not in it
    layer_indices: tuple[int, ...]  # of its layers


@dataclass
class ClimbState:
    """All that changes during a climb. Layers are named by their index, which never changes its meaning."""

    # Every layer by index; the climbed fields are leaves that require gradients. Its message is this
    # climb's own: the start's, and what a person put since. Nothing climbed is ever written there.
    scene: SceneTensors
    parameters: Sequence[int]  # that may change
    sprites: SpriteSet
    objective: Targets  # as it came
    keyphrase_weights: list[float]
    moments: dict[int, Moments]  # by climbed parameter
    held: HeldEdges
    order: list[int]  # painting order, the last one on top; of all layers, seen or not
    targets: Targets  # the objective with the weights as they are now
    anchor: Tensor  # (K, 3) what the background's colors are held to
    step: int = 0
    hidden: set[int] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)
    banned: set[str] = field(default_factory=set)  # digests
    best_score: float = 0.0
    smoothed_score: float = 0.0
    stalled_step_count: int = 0
    start_score: float | None = None  # of `start`; None until someone asks

    def __post_init__(self) -> None:
        self.replaced()
        self.rearranged()
        self.restarted()

    @property
    def climbed(self) -> list[int]:
        """The parameters that Adam moves."""
        return [parameter for parameter in self.parameters if parameter in CLIMBABLE]

    def leaf(self, parameter: int) -> Tensor:
        """The tensor that Adam moves for a parameter."""
        leaf: Tensor = getattr(self.scene, CLIMBABLE[parameter])
        return leaf

    def free_rows(self, parameter: int) -> Tensor | None:
        """(L,) which rows of a parameter's tensor may move; None where rows are no layers."""
        return None if parameter in OF_BACKGROUND else self.free

    def replaced(self) -> None:
        """To be called when a person has put or added a layer: where it is then is within bounds."""
        start = scene_to_tensors(self.scene.scene)
        self.bounds: dict[int, SoftBounds] = soft_bounds(start, self.anchor, self.climbed)

    def rearranged(self) -> None:
        """To be called when layers were added, hidden, shown, pinned, freed or reordered."""
        seen = [
            index not in self.hidden and digest not in self.banned
            for index, digest in enumerate(self.scene.digests)
        ]
        self.shown = [index for index in self.order if seen[index]]  # what is painted, the last one on top
        free = [is_seen and index not in self.pinned for index, is_seen in enumerate(seen)]
        self.free = torch.tensor(free, dtype=torch.bool)  # (L,) may move

    def restarted(self) -> None:
        """The scene as it is now is what the climb has to beat: nothing earlier counts any more."""
        self.start = self.best = self.iterate()
        self.start_score = None
        self.stalled_step_count = 0

    def seen(self, order: Sequence[int] | None = None, flip: int | None = None) -> SceneTensors:
        """What is painted, in another order or with one layer mirrored if so asked; differentiable."""
        scene = self.scene
        if flip is not None:
            flipped = scene.flipped.clone()
            flipped[flip] = ~flipped[flip]
            scene = replace(scene, flipped=flipped)
        shown = set(self.shown)
        return take_layers(scene, [index for index in order or self.order if index in shown])

    def iterate(self) -> Iterate:
        """The scene as it is now."""
        scene = tensors_to_scene(self.scene, self.parameters, self.shown)
        return Iterate(self.step, scene, tuple(self.shown))
