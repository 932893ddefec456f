"""Slopes before the bounds: what is ugly long before it is invalid costs a little more at every step.

A clamp alone is blind: a layer is pushed against it, stays there, and its gradient is thrown away each
step. A slope is felt before, so the climb settles where the two balance. It is nothing inside a range
that no one would object to, and what a scene (or a person, who moves or adds a layer) begins with is
always inside, as is the background's anchor: a white sky is not pulled away from where it should be.
"""

import math
from collections.abc import Collection
from typing import NamedTuple

import torch
from torch import Tensor

from inference.composition.scene_tensors import CLIMBABLE, MAX_COORDINATE, MIN_HEIGHT, Parameter, SceneTensors

# In units of cosine, times the mean over layers (or stops): as dear as a cut side in mid-air when a layer
# has gone a whole slope too far. A layer that gains less than that by it stays.
BOUND_WEIGHT = 0.3


class Slope(NamedTuple):
    """From where to where a parameter may go unpunished, and how far beyond it costs the whole weight."""

    low: float
    high: float
    width: float


SLOPES: dict[int, Slope] = {
    # A stop that is purer than this is a screen's color, not a photo's.
    Parameter.PARAMETER_BACKGROUND_COLORS: Slope(0.05, 0.95, 0.05),
    # Canvas heights; as logarithms, so the width is a factor. Below, nothing is recognized on a 224 px
    # canvas (9 px); above, only a piece of the cut-out is on it.
    Parameter.PARAMETER_HEIGHT: Slope(0.04, 3.0, 2.0),
    # A fainter cut-out is a ghost. Opaque is how it was cut out, so there is nothing before 1.
    Parameter.PARAMETER_OPACITY: Slope(0.3, 1.0, 0.3),
    # A darker one is a silhouette, and in one channel alone a colored one.
    Parameter.PARAMETER_TINT: Slope(0.4, 1.0, 0.4),
}

# What scene.proto allows; positions and heights beyond it would overflow a pixel grid.
VALID: dict[int, tuple[float, float]] = {
    Parameter.PARAMETER_BACKGROUND_COLORS: (0.0, 1.0),
    Parameter.PARAMETER_POSITION: (-MAX_COORDINATE, MAX_COORDINATE),
    Parameter.PARAMETER_HEIGHT: (MIN_HEIGHT, MAX_COORDINATE),
    Parameter.PARAMETER_OPACITY: (0.0, 1.0),
    Parameter.PARAMETER_TINT: (0.0, 1.0),
}


class SoftBounds(NamedTuple):
    """Where the slopes of one parameter begin, in the shape of its tensor."""

    low: Tensor
    high: Tensor


def soft_bounds(start: SceneTensors, anchor: Tensor, parameters: Collection[int]) -> dict[int, SoftBounds]:
    """The slopes of the named parameters; neither `start` lies on them nor, for colors, the anchor (K, 3)."""
    bounds = {}
    for parameter in parameters:
        if slope := SLOPES.get(parameter):
            low = high = _value(start, parameter).detach()
            if parameter == Parameter.PARAMETER_BACKGROUND_COLORS:
                low, high = low.minimum(anchor), high.maximum(anchor)
            low_end, high_end = _scaled(parameter, slope.low), _scaled(parameter, slope.high)
            bounds[parameter] = SoftBounds(low.clamp_max(low_end), high.clamp_min(high_end))
    return bounds


def bound_terms(scene: SceneTensors, bounds: dict[int, SoftBounds]) -> dict[str, Tensor]:
    """What each parameter's slopes cost, (): weight times the mean square of how far up they it is."""
    terms = {}
    for parameter, (low, high) in bounds.items():
        value = _value(scene, parameter)
        if value.numel():
            beyond = (low - value).relu() + (value - high).relu()
            width = _scaled(parameter, SLOPES[parameter].width)
            terms[f"bound_{CLIMBABLE[parameter]}"] = BOUND_WEIGHT * (beyond / width).square().mean()
    return terms


@torch.no_grad()
def keep_valid(scene: SceneTensors, parameters: Collection[int]) -> None:
    """Clamps what is climbed, in place, to what scene.proto allows: every step leaves a valid scene."""
    for parameter in parameters:
        if limits := VALID.get(parameter):
            getattr(scene, CLIMBABLE[parameter]).clamp_(*limits)


def _value(scene: SceneTensors, parameter: int) -> Tensor:
    value: Tensor = getattr(scene, CLIMBABLE[parameter])
    return value.log() if parameter == Parameter.PARAMETER_HEIGHT else value


def _scaled(parameter: int, number: float) -> float:
    return math.log(number) if parameter == Parameter.PARAMETER_HEIGHT else number
