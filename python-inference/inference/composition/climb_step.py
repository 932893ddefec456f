"""One step of a climb: render, look, move a little."""

from typing import NamedTuple

import torch
from torch import Tensor

from inference.composition.adam import adam_step
from inference.composition.bound_terms import bound_terms, keep_valid
from inference.composition.climb_state import ClimbState
from inference.composition.climb_task import Climb
from inference.composition.compositor import render
from inference.composition.held_edges import hold_edges
from inference.composition.loss import Assessment, assess, background_terms, sum_terms
from inference.composition.moves import move_is_due, try_moves
from inference.composition.painting import Painting
from inference.composition.scene_tensors import Parameter
from inference.composition.views import take_views, view_quads

# Adam's first steps are about as long as the rate, whatever the gradient, in the parameter's unit.
# Chosen from six climbs of 60 steps (three prompts, one seed, starter perceptor), judged on 16 views
# not climbed on; mean score 0.270 at the start. Positions and colors at 0.005: 0.343; both twice as
# fast: 0.317; eight times: 0.322, and two climbs found nothing better than their start. Differences
# under 0.03 are noise here. Colors keep 0.01, a guess: a draft has only 25 steps.
LEARNING_RATES: dict[int, float] = {
    Parameter.PARAMETER_BACKGROUND_COLORS: 0.01,
    Parameter.PARAMETER_BACKGROUND_ANGLE: 1.0,  # degrees
    Parameter.PARAMETER_POSITION: 0.006,  # canvas heights: 1.3 px of a 224 px canvas
    Parameter.PARAMETER_HEIGHT: 0.003,  # canvas heights: faster, and layers grow over their neighbors
    Parameter.PARAMETER_ROTATION: 0.3,  # degrees: faster, and everything is soon tilted
    Parameter.PARAMETER_OPACITY: 0.01,
    Parameter.PARAMETER_TINT: 0.01,
}
# A rate is rate / sqrt(1 + step / DECAY_STEPS): 0.45 of itself at step 100. It does not look ahead to
# the last step, so a run that ended early (time, patience, a person) replays as a run of so many steps.
DECAY_STEPS = 25.0
# Weight of the past in the smoothed score: about five steps, over which the crops' luck averages out.
SMOOTHING = 0.8


class StepDone(NamedTuple):
    """What a step saw of the scene that it began with."""

    score: float
    loss_terms: dict[str, float]


def take_step(state: ClimbState, task: Climb, canvas: tuple[int, int]) -> StepDone:
    """Moves what may move; the scene is valid afterwards. `canvas` is (height, width) in pixels."""
    assessment, painting = _look(state, task, canvas)
    terms = {**assessment.terms, **_holds(state, task)}
    # One transfer for all numbers: each .item() would wait for the device.
    numbers = torch.stack([term.detach().double() for term in terms.values()]).tolist()
    loss_terms = dict(zip(terms, numbers, strict=True))
    score = -sum(numbers[: len(assessment.terms)])
    _note_score(state, score)
    _descend(state, sum_terms(terms), task.options.learning_rate_scale or 1.0)
    keep_valid(state.scene, state.climbed)
    hold_edges(state.scene, state.held, state.climbed, state.free)
    state.step += 1
    if move_is_due(state):
        try_moves(state, task, painting)
    return StepDone(score, loss_terms)


def _look(state: ClimbState, task: Climb, canvas: tuple[int, int]) -> tuple[Assessment, Painting]:
    """Renders, shows views to the perceptor and assesses; differentiable."""
    scene = state.seen()
    quads = view_quads(*canvas, task.view_count, task.options.seed, state.step + 1)  # (V, 4, 2)
    painting = render(scene, state.sprites, *canvas)
    views = take_views(painting.picture[None], quads, task.perceptor.describe().input_size)  # (V, 3, S, S)
    vectors = task.perceptor.encode_pictures(views)  # (V, D)
    layers = state.sprites.of(scene.digests)
    seen = assess(scene, layers, painting, canvas[0], vectors, state.targets, task.weights)
    return seen, painting


def _holds(state: ClimbState, task: Climb) -> dict[str, Tensor]:
    """What is in the loss and not in the score: the climb is to keep from it, scenes are not judged by it."""
    holds = bound_terms(state.scene, state.bounds)
    if Parameter.PARAMETER_BACKGROUND_COLORS in state.parameters:
        holds |= background_terms(state.scene, state.anchor, task.weights)
    return {name: term.to(state.sprites.device) for name, term in holds.items()}


def _note_score(state: ClimbState, score: float) -> None:
    """Smooths the score of the scene as it is, before the step, and keeps the best.

    The first step's score begins the average, not the start's on the evaluation views: those are
    other views, and where they are kinder no step would ever beat them.
    """
    if state.step == state.start.step:
        state.smoothed_score = state.best_score = score
        return
    state.smoothed_score = SMOOTHING * state.smoothed_score + (1 - SMOOTHING) * score
    if state.smoothed_score > state.best_score:
        state.best_score, state.best = state.smoothed_score, state.iterate()
        state.stalled_step_count = 0
    else:
        state.stalled_step_count += 1


def _descend(state: ClimbState, loss: Tensor, scale: float) -> None:
    """One step of Adam, zeros standing for the gradient of what the loss does not depend on."""
    leaves = [state.leaf(parameter) for parameter in state.climbed]
    gradients: list[Tensor | None] = [None] * len(leaves)
    if loss.requires_grad:  # not so when a scene without layers is to have its layers moved
        gradients = list(torch.autograd.grad(loss, leaves, allow_unused=True))
    decay = (1 + state.step / DECAY_STEPS) ** -0.5
    for parameter, leaf, gradient in zip(state.climbed, leaves, gradients, strict=True):
        if gradient is None:
            gradient = torch.zeros_like(leaf)
        rate = LEARNING_RATES[parameter] * decay * scale
        adam_step(leaf, gradient, state.moments[parameter], rate, state.free_rows(parameter))
