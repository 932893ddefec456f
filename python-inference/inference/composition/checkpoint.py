"""A climb's way through a checkpoint and back without losing a bit.

What a person asked is not stored as what it led to, but as the steers themselves: they are followed
again on the start, and then what was climbed since is filled in. So a checkpoint cannot hold what no
climb could have come to.
"""

from dataclasses import replace

import torch
from collage.v1.composition_service_pb2 import OptimizeCheckpoint, OptimizeStart, Steer
from collage.v1.scene_pb2 import Scene

from inference.composition.checkpoint_tensors import (
    CheckpointInvalid,
    CheckpointTensors,
    copy_numbers,
    message_tensor,
    read_tensors,
    write_tensors,
)
from inference.composition.climb_state import ClimbState, Iterate
from inference.composition.scene_tensors import CLIMBABLE, Parameter, scene_to_tensors
from inference.composition.steer_log import SteerLog
from inference.composition.steering import ACTIONS, FindSprites, apply_steer
from inference.composition.tensors_to_scene import tensors_to_scene
from inference.errors import SteerInvalid

MOMENTS = ("mean", "square", "steps")


def save_checkpoint(state: ClimbState, log: SteerLog, start_score: float) -> OptimizeCheckpoint:
    """Everything `restore_checkpoint` needs to go on to the same result.

    `scene` holds every layer by index, `best_scene` those that are seen.
    """
    tensors = {
        "order": torch.tensor(state.order, dtype=torch.long),
        "held.before": state.held.before,
        "held.after": state.held.after,
        "best.layers": torch.tensor(state.best.layer_indices, dtype=torch.long),
        "start.layers": torch.tensor(state.start.layer_indices, dtype=torch.long),
        "start.step": torch.tensor([state.start.step]),
        "start.scene": message_tensor(state.start.scene),
        "steers.applied": message_tensor(OptimizeStart(steers=log.applied)),
        "steers.pending": message_tensor(OptimizeStart(steers=log.pending)),
    }
    for parameter, moments in state.moments.items():
        for moment in MOMENTS:
            tensors[f"{Parameter.Name(parameter)}.{moment}"] = getattr(moments, moment)
    return OptimizeCheckpoint(
        step=state.step,
        scene=tensors_to_scene(state.scene, state.parameters),
        best_scene=state.best.scene,
        best_score=state.best_score,
        best_step=state.best.step,
        smoothed_score=state.smoothed_score,
        stalled_step_count=state.stalled_step_count,
        optimizer_state=write_tensors(tensors),
        start_score=start_score,
    )


def restore_checkpoint(
    state: ClimbState, log: SteerLog, checkpoint: OptimizeCheckpoint, find_sprites: FindSprites
) -> None:
    """Brings the state of a climb's start to where the checkpoint stood, and the log with it.

    Only what is climbed is read from its scenes, the rest stays that of the start and its steers. Raises
    InferenceError, reason CHECKPOINT_INVALID, when it is not one of this climb.
    """
    tensors = read_tensors(checkpoint.optimizer_state)
    log.applied = _steers(tensors, "steers.applied")
    log.pending = _steers(tensors, "steers.pending")
    try:
        for steer in log.applied:
            apply_steer(state, steer, find_sprites)
    except SteerInvalid as error:
        raise CheckpointInvalid("optimizer_state", "steers of this climb", f"others ({error})") from error
    _restore_scene(state, checkpoint.scene)
    _restore_moments(state, tensors)
    _restore_arrangement(state, tensors)
    start, start_layers = tensors.message("start.scene", Scene), tensors.integers("start.layers")
    state.start = _iterate(state, start, start_layers, tensors.integer("start.step"), "optimizer_state")
    best, best_layers = checkpoint.best_scene, tensors.integers("best.layers")
    state.best = _iterate(state, best, best_layers, checkpoint.best_step, "best_scene")
    state.start_score = checkpoint.start_score
    state.step = checkpoint.step
    state.best_score = checkpoint.best_score
    state.smoothed_score = checkpoint.smoothed_score
    state.stalled_step_count = checkpoint.stalled_step_count


def _restore_scene(state: ClimbState, scene: Scene) -> None:
    here = scene_to_tensors(scene, "checkpoint.scene")
    if here.digests != state.scene.digests:
        raise CheckpointInvalid("scene", "the layers of the start's scene and those added", "others")
    for parameter in state.climbed:
        copy_numbers(state.leaf(parameter).data, getattr(here, CLIMBABLE[parameter]), "scene")
    if Parameter.PARAMETER_FLIP in state.parameters:
        state.scene.flipped = here.flipped


def _restore_moments(state: ClimbState, tensors: CheckpointTensors) -> None:
    for parameter, moments in state.moments.items():
        for moment in MOMENTS:
            source = tensors.get(f"{Parameter.Name(parameter)}.{moment}")
            copy_numbers(getattr(moments, moment), source, "optimizer_state")


def _restore_arrangement(state: ClimbState, tensors: CheckpointTensors) -> None:
    before, after = tensors.get("held.before"), tensors.get("held.after")
    if not (before.shape == after.shape == state.held.before.shape and before.dtype == torch.bool):
        raise CheckpointInvalid("optimizer_state", "two flags a layer", str(list(before.shape)))
    state.held = replace(state.held, before=before, after=after.bool())
    if Parameter.PARAMETER_ORDER in state.parameters:
        order = tensors.integers("order")
        if sorted(order) != list(range(state.scene.layer_count)):
            raise CheckpointInvalid("optimizer_state", "an order of all layers", str(order))
        state.order = order
    state.rearranged()


def _iterate(state: ClimbState, scene: Scene, indices: list[int], step: int, field: str) -> Iterate:
    """A scene of the same climb: the layers that are seen now, with what is climbed as `scene` has it."""
    there = scene_to_tensors(scene, f"checkpoint.{field}")
    is_ordered = Parameter.PARAMETER_ORDER in state.parameters
    wanted, named = (sorted(state.shown), sorted(indices)) if is_ordered else (state.shown, indices)
    if named != wanted or there.digests != [state.scene.digests[index] for index in indices]:
        raise CheckpointInvalid(field, "the layers that are seen", "others")
    if there.stop_colors.shape != state.scene.stop_colors.shape:
        raise CheckpointInvalid(field, "the stops of the start's background", "others")
    there.scene = tensors_to_scene(state.scene, [], indices)
    return Iterate(step, tensors_to_scene(there, state.parameters), tuple(indices))


def _steers(tensors: CheckpointTensors, name: str) -> list[Steer]:
    steers = list(tensors.message(name, OptimizeStart).steers)
    for steer in steers:
        if steer.WhichOneof("action") not in (*ACTIONS, "stop"):
            raise CheckpointInvalid("optimizer_state", f"known actions in {name}", "others")
    return steers
