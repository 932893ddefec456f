"""Climbs a scene: render, look, move a little, again. Every step leaves a valid scene.

Adam (Kingma and Ba 2015) on the parameters that the mask names, a rate for each kind. The best
iterate by a smoothed score is the result, unless the start does better through the same eyes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from collage.v1.composition_service_pb2 import (
    OptimizeCheckpoint,
    OptimizeOptions,
    OptimizeProgress,
    OptimizeResult,
    StopReason,
)
from collage.v1.scene_pb2 import Gradient, Scene
from torch import Tensor

from inference.composition.checkpoint import ClimbState, restore_checkpoint, save_checkpoint
from inference.composition.compositor import render
from inference.composition.held_edges import find_held_edges, hold_edges
from inference.composition.loss import (
    DEFAULT_WEIGHTS,
    Assessment,
    LossWeights,
    Targets,
    anchor_colors,
    assess,
    background_terms,
    sum_terms,
)
from inference.composition.scene_tensors import CLIMBABLE, Parameter, SceneTensors, scene_to_tensors
from inference.composition.score import score_scenes
from inference.composition.sprites import SpriteSet
from inference.composition.views import canvas_size, take_views, view_quads
from inference.embedding.perceptor import Perceptor
from inference.identity import model_identity

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
DEFAULT_VIEW_COUNT = 4
# The views that decide between start and best; more than a step's, for they are drawn only once.
EVALUATION_VIEW_COUNT = 8
# Weight of the past in the smoothed score: about five steps, over which the crops' luck averages out.
SMOOTHING = 0.8
# Where Adam may not go, by parameter; positions are free, layout_terms pulls them back.
BOUNDS: dict[int, tuple[float, float]] = {
    Parameter.PARAMETER_BACKGROUND_COLORS: (0.0, 1.0),
    Parameter.PARAMETER_HEIGHT: (0.02, 4.0),
    Parameter.PARAMETER_OPACITY: (0.0, 1.0),
    Parameter.PARAMETER_TINT: (0.0, 1.0),
}


@dataclass(frozen=True)
class Climb:
    """What is to be climbed, and how; all checked."""

    start: Scene
    parameters: Sequence[int]  # keys of CLIMBABLE, at least one
    sprites: SpriteSet
    targets: Targets
    perceptor: Perceptor
    options: OptimizeOptions
    anchor: Gradient  # what the background's colors are held to
    checkpoint: OptimizeCheckpoint | None = None
    weights: LossWeights = DEFAULT_WEIGHTS


def climb(
    task: Climb,
    should_stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[OptimizeProgress | OptimizeResult]:
    """Yields progress after every step, then one result.

    The score of a step is that of the scene the step began with, which is also what competes for best.
    Same task, same machine, same thread count: same bytes. `should_stop` is asked between steps.
    """
    began, options, weights = clock(), task.options, task.weights
    state = _begin(task)
    canvas = canvas_size(task.start.aspect_ratio, task.perceptor.describe().input_size)
    anchor = anchor_colors(state.scene, task.anchor)  # (K, 3)
    leaves = [state.leaf(parameter) for parameter in task.parameters]
    start = scene_to_tensors(task.start)
    held = find_held_edges(start, task.sprites.of(start.digests))
    stop_reason = StopReason.STOP_REASON_STEPS_DONE
    while state.step < options.step_count:
        if options.time_budget_seconds and clock() - began >= options.time_budget_seconds:
            stop_reason = StopReason.STOP_REASON_TIME_UP
            break
        if should_stop():
            stop_reason = StopReason.STOP_REASON_STEERED
            break
        if options.patience_steps and state.stalled_step_count >= options.patience_steps:
            stop_reason = StopReason.STOP_REASON_STALLED
            break
        quads = view_quads(*canvas, options.view_count or DEFAULT_VIEW_COUNT, options.seed, state.step + 1)
        assessment = _look(state.scene, task, canvas, quads)
        terms = assessment.terms
        if Parameter.PARAMETER_BACKGROUND_COLORS in task.parameters:
            terms = {**terms, **background_terms(state.scene, anchor, weights)}
        score = assessment.score.item()
        _note_score(state, score)

        _set_gradients(sum_terms(terms), leaves)
        _set_learning_rates(state, options.learning_rate_scale or 1.0)
        state.adam.step()
        _keep_in_bounds(state)
        hold_edges(state.scene, held, task.parameters)
        state.step += 1

        interval = options.checkpoint_interval_steps
        yield OptimizeProgress(
            step=state.step,
            step_count=options.step_count,
            score=score,
            scene=state.to_scene(),
            checkpoint=save_checkpoint(state) if interval and state.step % interval == 0 else None,
            loss_terms={name: term.item() for name, term in terms.items()},
        )
    yield _result(task, state, stop_reason)


def _begin(task: Climb) -> ClimbState:
    scene = scene_to_tensors(task.start)
    for parameter in task.parameters:
        getattr(scene, CLIMBABLE[parameter]).requires_grad_()
    adam = torch.optim.Adam([{"params": [getattr(scene, CLIMBABLE[name])]} for name in task.parameters])
    start_score = 0.0 if task.checkpoint else _evaluate(task.start, task)
    state = ClimbState(
        scene=scene,
        parameters=task.parameters,
        adam=adam,
        start_score=start_score,
        step=0,
        best_scene=task.start,
        best_score=start_score,
        best_step=0,
        smoothed_score=start_score,
        stalled_step_count=0,
    )
    if task.checkpoint:
        restore_checkpoint(state, task.checkpoint)
    return state


def _look(scene: SceneTensors, task: Climb, canvas: tuple[int, int], quads: Tensor) -> Assessment:
    """Renders, shows the views (V, 4, 2) to the perceptor and assesses; differentiable."""
    painting = render(scene, task.sprites, *canvas)
    views = take_views(painting.picture[None], quads, task.perceptor.describe().input_size)  # (V, 3, S, S)
    vectors = task.perceptor.encode_pictures(views)  # (V, D)
    layers = task.sprites.of(scene.digests)
    return assess(scene, layers, painting, canvas[0], vectors, task.targets, task.weights)


def _note_score(state: ClimbState, score: float) -> None:
    """Smooths the score of the scene as it is, before the step, and keeps the best.

    The first step's score begins the average, not the start's on the evaluation views: those are
    other views, and where they are kinder no step would ever beat them.
    """
    if state.step == 0:
        state.smoothed_score = state.best_score = score
        return
    state.smoothed_score = SMOOTHING * state.smoothed_score + (1 - SMOOTHING) * score
    if state.smoothed_score > state.best_score:
        state.best_score, state.best_step = state.smoothed_score, state.step
        state.best_scene = state.to_scene()
        state.stalled_step_count = 0
    else:
        state.stalled_step_count += 1


def _set_gradients(loss: Tensor, leaves: Sequence[Tensor]) -> None:
    """Zeros where the loss does not depend on a leaf; Adam would skip it and its moments fall behind."""
    gradients: Sequence[Tensor | None] = [None] * len(leaves)
    if loss.requires_grad:  # not so when a scene without layers is to have its layers moved
        gradients = torch.autograd.grad(loss, leaves, allow_unused=True)
    for leaf, gradient in zip(leaves, gradients, strict=True):
        leaf.grad = torch.zeros_like(leaf) if gradient is None else gradient


def _set_learning_rates(state: ClimbState, scale: float) -> None:
    decay = (1 + state.step / DECAY_STEPS) ** -0.5
    for group, parameter in zip(state.adam.param_groups, state.parameters, strict=True):
        group["lr"] = LEARNING_RATES[parameter] * decay * scale


@torch.no_grad()
def _keep_in_bounds(state: ClimbState) -> None:
    for parameter, (low, high) in BOUNDS.items():
        if parameter in state.parameters:
            state.leaf(parameter).clamp_(low, high)


def _evaluate(scene: Scene, task: Climb) -> float:
    """The score as ScoreScenes gives it, on views that depend on the seed alone."""
    scores = score_scenes(
        [scene_to_tensors(scene)],
        task.sprites,
        task.targets,
        task.perceptor,
        EVALUATION_VIEW_COUNT,
        task.options.seed,
        task.weights,
    )
    return next(scores)[0].score


def _result(task: Climb, state: ClimbState, stop_reason: StopReason) -> OptimizeResult:
    """The best of start, best iterate and last iterate, all seen by the same evaluation views."""
    best = (state.start_score, 0, task.start)
    for step, scene in {state.best_step: state.best_scene, state.step: state.to_scene()}.items():
        if step > 0 and (score := _evaluate(scene, task)) > best[0]:
            best = (score, step, scene)
    score, step, scene = best
    return OptimizeResult(
        scene=scene,
        score=score,
        start_score=state.start_score,
        step_count=state.step,
        best_step=step,
        stop_reason=stop_reason,
        model=model_identity(task.perceptor.describe()),
    )
