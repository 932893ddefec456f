"""Climbs a scene: render, look, move a little, again. Every step leaves a valid scene.

Adam on the parameters that the mask names, a rate for each kind (climb_step.py); painting order and flips
by moves (moves.py). The best iterate by a smoothed score is the result, unless the start does better
through the same eyes. Between steps a person may steer (steering.py): that is no loss to be undone, so
from there on the scene as it then is takes the place of the start.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator

from collage.v1.composition_service_pb2 import (
    OptimizeProgress,
    OptimizeResult,
    Steer,
    StopReason,
)
from collage.v1.scene_pb2 import Scene

from inference.composition.adam import fresh_moments
from inference.composition.checkpoint import restore_checkpoint, save_checkpoint
from inference.composition.climb_state import ClimbState
from inference.composition.climb_step import take_step
from inference.composition.climb_task import Climb, evaluate
from inference.composition.held_edges import find_held_edges
from inference.composition.loss import anchor_colors
from inference.composition.scene_tensors import CLIMBABLE, OF_BACKGROUND, scene_to_tensors
from inference.composition.steer_log import SteerLog, Turn, merged
from inference.composition.views import canvas_size
from inference.identity import model_identity


def climb(
    task: Climb,
    incoming: deque[Steer] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[OptimizeProgress | OptimizeResult]:
    """Yields progress after every step, then one result.

    The score of a step is that of the scene the step began with, which is also what competes for best.
    Same task, same steers at the same steps, same machine, same thread count: same bytes. What is
    appended to `incoming` is followed between steps.
    """
    began, options = clock(), task.options
    log = SteerLog(deque() if incoming is None else incoming)
    state = _begin(task, log)
    canvas = canvas_size(task.start.aspect_ratio, task.perceptor.describe().input_size)
    while True:
        turn = log.follow(state, task.find_sprites)
        seconds = clock() - began
        if (stop_reason := _why_stop(task, state, turn, seconds)) is not None:
            break
        if state.step == 0:
            _start_score(task, state)  # within the time budget
        done = take_step(state, task, canvas)
        now, interval = state.iterate(), options.checkpoint_interval_steps
        is_due = interval and state.step % interval == 0
        yield OptimizeProgress(
            step=state.step,
            step_count=options.step_count,
            score=done.score,
            scene=now.scene,
            checkpoint=save_checkpoint(state, log, _start_score(task, state)) if is_due else None,
            loss_terms=done.loss_terms,
            layer_indices=now.layer_indices,
            steers=turn.applied,
            refused_steers=turn.refused,
        )
    yield _result(task, state, log, turn, stop_reason)


def _begin(task: Climb, log: SteerLog) -> ClimbState:
    own = Scene()
    own.CopyFrom(task.start)
    scene = scene_to_tensors(own)
    moments = {}
    for parameter in task.parameters:
        if parameter in CLIMBABLE:
            leaf = getattr(scene, CLIMBABLE[parameter]).requires_grad_()
            moments[parameter] = fresh_moments(leaf, per_layer=parameter not in OF_BACKGROUND)
    state = ClimbState(
        scene=scene,
        parameters=task.parameters,
        sprites=task.sprites,
        objective=task.targets,
        keyphrase_weights=list(task.keyphrase_weights or task.targets.keyphrase_shares.tolist()),
        targets=task.targets,
        anchor=anchor_colors(scene, task.anchor),
        moments=moments,
        held=find_held_edges(scene, task.sprites.of(scene.digests)),
        order=list(range(scene.layer_count)),
    )
    if task.checkpoint:
        restore_checkpoint(state, log, task.checkpoint, task.find_sprites)
        log.pending = merged(log.pending, [steer for steer in task.steers if steer.step >= state.step])
    else:
        log.pending = list(task.steers)
    return state


def _why_stop(task: Climb, state: ClimbState, turn: Turn, seconds: float) -> StopReason | None:
    options = task.options
    if turn.stopped:
        return StopReason.STOP_REASON_STEERED
    if state.step >= options.step_count:
        return StopReason.STOP_REASON_STEPS_DONE
    if options.time_budget_seconds and seconds >= options.time_budget_seconds:
        return StopReason.STOP_REASON_TIME_UP
    if options.patience_steps and state.stalled_step_count >= options.patience_steps:
        return StopReason.STOP_REASON_STALLED
    return None


def _start_score(task: Climb, state: ClimbState) -> float:
    """The score of what the climb has to beat. Measured when asked for: a drag is a steer at every step."""
    if state.start_score is None:
        state.start_score = evaluate(state.start.scene, state.sprites, state.targets, task)
    return state.start_score


def _result(
    task: Climb, state: ClimbState, log: SteerLog, turn: Turn, stop_reason: StopReason
) -> OptimizeResult:
    """The best of start, best iterate and last iterate, all seen by the same evaluation views."""
    best, score = state.start, _start_score(task, state)
    for iterate in (state.best, state.iterate()):
        if iterate.step > best.step:
            seen = evaluate(iterate.scene, state.sprites, state.targets, task)
            if seen > score:
                best, score = iterate, seen
    return OptimizeResult(
        scene=best.scene,
        score=score,
        start_score=_start_score(task, state),
        step_count=state.step,
        best_step=best.step,
        stop_reason=stop_reason,
        model=model_identity(task.perceptor.describe()),
        layer_indices=best.layer_indices,
        steers=log.applied,
        refused_steers=turn.refused,
    )
