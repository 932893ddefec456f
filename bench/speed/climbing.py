"""A climb to be measured step by step, and the perceptor's own part of such a step."""

from collections.abc import Callable, Iterator

import torch
from collage.v1.composition_service_pb2 import Objective, OptimizeOptions, WeightedText

from inference.composition.loss import encode_objective
from inference.composition.optimize import Climb, climb
from inference.composition.scene_tensors import Parameter
from inference.embedding.perceptor import Perceptor
from speed.drawn_scenes import DrawnScenes

OBJECTIVE = Objective(
    prompt="penguins and butterflies on a snowy mountain",
    keyphrases=[WeightedText(text=text, weight=1) for text in ("penguins", "butterflies", "snowy mountain")],
)
# What the gradient moves in stage 6 of the pipeline.
CLIMBED = [
    Parameter.PARAMETER_POSITION,
    Parameter.PARAMETER_HEIGHT,
    Parameter.PARAMETER_ROTATION,
    Parameter.PARAMETER_BACKGROUND_COLORS,
]


# What it tries there every few steps: see inference/composition/moves.py.
TRIED = [Parameter.PARAMETER_ORDER, Parameter.PARAMETER_FLIP]


def steps_of(
    drawn: DrawnScenes, perceptor: Perceptor, view_count: int, with_moves: bool = True
) -> Iterator[object]:
    """Steps of the product's climb of the first scene, as many as are asked for."""
    scene = drawn.scenes[0]
    task = Climb(
        start=scene,
        parameters=[*CLIMBED, *TRIED] if with_moves else CLIMBED,
        sprites=drawn.sprites,
        targets=encode_objective(OBJECTIVE, perceptor),
        perceptor=perceptor,
        options=OptimizeOptions(step_count=10_000, view_count=view_count, seed=1),
        anchor=scene.background,
    )
    return climb(task)


def perceptor_step(perceptor: Perceptor, view_count: int, device: torch.device) -> Callable[[], None]:
    """Forward and backward of as many ready views through the perceptor alone: no step can do without."""
    size = perceptor.describe().input_size
    views = torch.rand(view_count, 3, size, size, device=device)
    (prompt,) = perceptor.encode_texts(["a prompt"])

    def step() -> None:
        leaf = views.clone().requires_grad_()
        (perceptor.encode_pictures(leaf) @ prompt).mean().backward()  # type: ignore[no-untyped-call]

    return step
