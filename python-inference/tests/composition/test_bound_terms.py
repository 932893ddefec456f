"""What is ugly long before it is invalid costs more the further it goes; what a scene began with is free."""

from dataclasses import replace

import pytest
import torch
from collage.v1.composition_service_pb2 import Objective, OptimizeOptions

from inference.composition.bound_terms import (
    BOUND_WEIGHT,
    SLOPES,
    VALID,
    bound_terms,
    keep_valid,
    soft_bounds,
)
from inference.composition.climb_task import Climb
from inference.composition.loss import encode_objective
from inference.composition.scene_tensors import CLIMBABLE, Parameter, scene_to_tensors

from .climbing import move, pin, run

HEIGHT = Parameter.PARAMETER_HEIGHT
OPACITY = Parameter.PARAMETER_OPACITY
# Well inside, and as far beyond each end as a slope is wide.
PLACES = {
    Parameter.PARAMETER_BACKGROUND_COLORS: (0.5, [0.0, 1.0]),
    HEIGHT: (0.5, [0.02, 6.0]),
    OPACITY: (0.6, [0.0]),
    Parameter.PARAMETER_TINT: (0.6, [0.0]),
}


@pytest.fixture
def scene(make_scene):
    return scene_to_tensors(make_scene((0.3, 0.4, 0.3), (0.8, 0.6, 0.4)))


def bounds_of(scene, *parameters: int):
    return soft_bounds(scene, torch.full_like(scene.stop_colors, 0.5), parameters)


def filled(scene, parameter: int, value: float):
    name = CLIMBABLE[parameter]
    return replace(scene, **{name: torch.full_like(getattr(scene, name), value)})


@pytest.mark.parametrize("parameter", sorted(SLOPES), ids=lambda value: Parameter.Name(value).lower())
def test_nothing_inside_and_the_whole_weight_where_a_slope_ends(scene, parameter) -> None:
    inside, ends = PLACES[parameter]
    start = filled(scene, parameter, inside)
    bounds = bounds_of(start, parameter)
    (name,) = bound_terms(start, bounds)
    assert name == f"bound_{CLIMBABLE[parameter]}"
    assert bound_terms(start, bounds)[name] == 0
    for end in ends:
        cost = bound_terms(filled(scene, parameter, end), bounds)[name]
        assert cost.item() == pytest.approx(BOUND_WEIGHT)


@pytest.mark.parametrize("parameter", sorted(SLOPES), ids=lambda value: Parameter.Name(value).lower())
@pytest.mark.parametrize("value", [0.001, 1.0])
def test_what_a_scene_begins_with_costs_nothing_going_further_does(scene, parameter, value) -> None:
    start = filled(scene, parameter, value)
    bounds = bounds_of(start, parameter)
    (cost,) = bound_terms(start, bounds).values()
    assert cost == 0
    if value == 0.001:
        (cost,) = bound_terms(filled(scene, parameter, value / 2), bounds).values()
        assert cost > 0


def test_the_anchors_colors_cost_nothing(scene) -> None:
    white = torch.ones_like(scene.stop_colors)
    bounds = soft_bounds(scene, white, [Parameter.PARAMETER_BACKGROUND_COLORS])
    assert bound_terms(replace(scene, stop_colors=white), bounds)["bound_stop_colors"] == 0
    assert bound_terms(replace(scene, stop_colors=0 * white), bounds)["bound_stop_colors"] > 0


def test_costs_are_smooth_where_a_slope_begins(scene) -> None:
    bounds = bounds_of(scene, OPACITY)
    low = SLOPES[OPACITY].low

    def cost(opacity: float) -> float:
        return bound_terms(filled(scene, OPACITY, opacity), bounds)["bound_opacities"].item()

    assert cost(low) == 0
    assert cost(low - 0.01) == pytest.approx(cost(low - 0.02) / 4)


def test_slopes_have_gradients(scene) -> None:
    outside = {Parameter.PARAMETER_BACKGROUND_COLORS: 0.98, HEIGHT: 0.03, OPACITY: 0.2}
    outside[Parameter.PARAMETER_TINT] = 0.2
    for parameter, value in outside.items():
        bounds = bounds_of(filled(scene, parameter, 0.5), parameter)

        def cost(values, parameter=parameter, bounds=bounds):
            (term,) = bound_terms(replace(scene, **{CLIMBABLE[parameter]: values}), bounds).values()
            return term

        values = getattr(filled(scene, parameter, value), CLIMBABLE[parameter]).requires_grad_()
        assert torch.autograd.gradcheck(cost, (values,))


def test_a_scene_without_layers_has_no_terms_of_layers(make_scene) -> None:
    empty = scene_to_tensors(make_scene())
    assert list(bound_terms(empty, bounds_of(empty, *CLIMBABLE))) == ["bound_stop_colors"]


@pytest.mark.parametrize("parameter", sorted(VALID), ids=lambda value: Parameter.Name(value).lower())
def test_whatever_happens_the_scene_stays_valid(scene, parameter) -> None:
    for value in (-1e9, 1e9):
        wild = filled(scene, parameter, value)
        keep_valid(wild, [parameter])
        low, high = VALID[parameter]
        clamped = getattr(wild, CLIMBABLE[parameter])
        assert ((clamped == low) | (clamped == high)).all()


@pytest.fixture
def task(make_scene, blobs, sprite_set, tiny_perceptor) -> Climb:
    scene = make_scene((0.3, 0.4, 0.3), (0.8, 0.6, 0.4))
    return Climb(
        start=scene,
        parameters=[HEIGHT, OPACITY],
        sprites=sprite_set(*blobs(2)),
        targets=encode_objective(Objective(prompt="blobs"), tiny_perceptor),
        perceptor=tiny_perceptor,
        options=OptimizeOptions(step_count=4, seed=1),
        anchor=scene.background,
    )


def test_a_climb_is_held_by_the_slopes_and_tells_them(task) -> None:
    steps, _ = run(task)
    assert {"bound_heights", "bound_opacities"} <= set(steps[-1].loss_terms)


def test_where_a_person_puts_a_layer_is_within_bounds(task) -> None:
    steps, _ = run(task, pin(0), move(0, 0.3, 0.4, height=0.01, step=2))
    assert steps[3].loss_terms["bound_heights"] == 0
