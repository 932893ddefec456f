"""The state of a climb, and its way through a checkpoint and back without losing a bit."""

from collections.abc import Sequence
from dataclasses import dataclass

import safetensors.torch
import torch
from collage.v1.composition_service_pb2 import OptimizeCheckpoint
from collage.v1.scene_pb2 import Scene
from safetensors import SafetensorError
from torch import Tensor

from inference.composition.scene_tensors import (
    CLIMBABLE,
    Parameter,
    SceneTensors,
    scene_to_tensors,
    tensors_to_scene,
)
from inference.errors import InferenceError

MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass
class ClimbState:
    """Where a climb stands between two steps."""

    scene: SceneTensors  # the climbed fields are leaves that require gradients
    parameters: Sequence[int]
    adam: torch.optim.Adam  # one group a parameter, in the order of `parameters`
    start_score: float
    step: int
    best_scene: Scene
    best_score: float
    best_step: int
    smoothed_score: float
    stalled_step_count: int

    def leaf(self, parameter: int) -> Tensor:
        """The tensor that Adam moves for a parameter."""
        leaf: Tensor = getattr(self.scene, CLIMBABLE[parameter])
        return leaf

    def to_scene(self) -> Scene:
        """The scene as it is now."""
        return tensors_to_scene(self.scene, self.parameters)


def save_checkpoint(state: ClimbState) -> OptimizeCheckpoint:
    """Everything `restore_checkpoint` needs to go on to the same result, bit for bit.

    The moments travel as safetensors: the same bytes for the same tensors, and no pickle to trust.
    """
    moments = {
        f"{Parameter.Name(parameter)}.{moment}": state.adam.state[state.leaf(parameter)][moment]
        for parameter in state.parameters
        for moment in MOMENTS
    }
    return OptimizeCheckpoint(
        step=state.step,
        scene=state.to_scene(),
        best_scene=state.best_scene,
        best_score=state.best_score,
        best_step=state.best_step,
        smoothed_score=state.smoothed_score,
        stalled_step_count=state.stalled_step_count,
        optimizer_state=safetensors.torch.save(moments),
        start_score=state.start_score,
    )


def restore_checkpoint(state: ClimbState, checkpoint: OptimizeCheckpoint) -> None:
    """Brings the state of a climb's start to where the checkpoint stood.

    Only what is climbed is read from its scenes, the rest stays that of the start. Raises
    InferenceError, reason CHECKPOINT_INVALID, when it is not one of this climb.
    """
    moments = _read_moments(checkpoint.optimizer_state)
    here = scene_to_tensors(checkpoint.scene, "checkpoint.scene")
    best = scene_to_tensors(checkpoint.best_scene, "checkpoint.best_scene")
    if not (here.digests == best.digests == state.scene.digests):
        raise _invalid("scene", "the layers of the start's scene", "others")
    for parameter in state.parameters:
        name, leaf = CLIMBABLE[parameter], state.leaf(parameter)
        _copy(leaf.data, getattr(here, name), "scene")
        adam_state = {"step": torch.tensor(float(checkpoint.step))}
        for moment in MOMENTS:
            key = f"{Parameter.Name(parameter)}.{moment}"
            if key not in moments:
                raise _invalid("optimizer_state", key, ", ".join(sorted(moments)) or "nothing")
            adam_state[moment] = torch.zeros_like(leaf.data)
            _copy(adam_state[moment], moments[key], "optimizer_state")
        state.adam.state[leaf] = adam_state
    state.step = checkpoint.step
    state.start_score = checkpoint.start_score
    state.best_scene = tensors_to_scene(_with_start_as_base(best, state.scene), state.parameters)
    state.best_score = checkpoint.best_score
    state.best_step = checkpoint.best_step
    state.smoothed_score = checkpoint.smoothed_score
    state.stalled_step_count = checkpoint.stalled_step_count


def _with_start_as_base(tensors: SceneTensors, start: SceneTensors) -> SceneTensors:
    tensors.scene = start.scene
    return tensors


def _copy(target: Tensor, source: Tensor, field: str) -> None:
    if target.shape != source.shape or not source.is_floating_point() or not source.isfinite().all():
        raise _invalid(field, f"finite numbers of shape {list(target.shape)}", f"{list(source.shape)}")
    target.copy_(source)


def _read_moments(data: bytes) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise _invalid("optimizer_state", "bytes of an earlier checkpoint", f"others ({error})") from error


def _invalid(field: str, expected: str, received: str) -> InferenceError:
    return InferenceError(
        "CHECKPOINT_INVALID", f"Expected {expected} for checkpoint.{field} but received {received}"
    )
