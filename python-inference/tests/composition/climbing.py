"""Steers written short, and climbs run to their end."""

from collections import deque
from dataclasses import replace

from collage.v1.composition_service_pb2 import (
    OptimizeOptions,
    OptimizeProgress,
    OptimizeResult,
    Steer,
    WeightedText,
)
from collage.v1.scene_pb2 import Layer, Placement

from inference.composition.climb_task import Climb
from inference.composition.optimize import climb

from .conftest import digest_of

# Of conftest.py's `steered_task`.

KEYPHRASES = [WeightedText(text="a ball", weight=3), WeightedText(text="a cube", weight=1)]
ADDED = Layer(
    cutout_digest=digest_of(3), placement=Placement(center_x=0.5, center_y=0.5, height=0.4), opacity=0.8
)


def pin(index: int, step: int = 0) -> Steer:
    return Steer(pin=Steer.Pin(layer_index=index), step=step)


def unpin(index: int, step: int = 0) -> Steer:
    return Steer(unpin=Steer.Unpin(layer_index=index), step=step)


def move(index: int, x: float, y: float, height: float = 0.3, turn: float = 0.0, step: int = 0) -> Steer:
    placement = Placement(center_x=x, center_y=y, height=height, rotation_degrees=turn)
    return Steer(move=Steer.Move(layer_index=index, placement=placement), step=step)


def hide(index: int, step: int = 0) -> Steer:
    return Steer(hide=Steer.Hide(layer_index=index), step=step)


def show(index: int, step: int = 0) -> Steer:
    return Steer(show=Steer.Show(layer_index=index), step=step)


def ban(digest: str, step: int = 0) -> Steer:
    return Steer(ban=Steer.Ban(cutout_digest=digest), step=step)


def add(layer: Layer, step: int = 0) -> Steer:
    return Steer(add=Steer.Add(layer=layer), step=step)


def set_weight(index: int, weight: float, step: int = 0) -> Steer:
    return Steer(set_weight=Steer.SetWeight(keyphrase_index=index, weight=weight), step=step)


def stop(step: int = 0) -> Steer:
    return Steer(stop=Steer.Stop(), step=step)


def with_options(task: Climb, **options: float) -> Climb:
    return replace(task, options=OptimizeOptions(**{"step_count": 12, "seed": 1, **options}))


def run(task: Climb, *steers: Steer, **arguments) -> tuple[list[OptimizeProgress], OptimizeResult]:
    """A whole climb with steers recorded in its start."""
    *steps, result = climb(replace(task, steers=steers or task.steers), **arguments)
    return steps, result


def run_live(task: Climb, at: dict[int, list[Steer]]) -> tuple[list[OptimizeProgress], OptimizeResult]:
    """A whole climb with steers that come when so many steps have been seen."""
    incoming: deque[Steer] = deque(at.get(0, []))
    steps = []
    for message in climb(task, incoming):
        if isinstance(message, OptimizeResult):
            return steps, message
        steps.append(message)
        incoming.extend(at.get(message.step, []))
    raise AssertionError("no result")


def layer_of(message: OptimizeProgress | OptimizeResult, index: int) -> Layer:
    """The layer of an index."""
    return message.scene.layers[list(message.layer_indices).index(index)]


def as_bytes(messages) -> list[bytes]:
    return [message.SerializeToString(deterministic=True) for message in messages]
