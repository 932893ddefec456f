"""A steered climb is as reproducible as any: by its record, and from a checkpoint in the middle."""

from collections import deque
from dataclasses import replace

import pytest
from collage.v1.composition_service_pb2 import OptimizeCheckpoint, OptimizeProgress, OptimizeStart

from inference.composition.checkpoint_tensors import message_tensor, read_tensors, write_tensors
from inference.composition.climb_task import Climb
from inference.composition.optimize import climb
from inference.errors import InferenceError, UnknownCutout

from .climbing import (
    ADDED,
    add,
    as_bytes,
    ban,
    hide,
    move,
    pin,
    run,
    run_live,
    set_weight,
    show,
    stop,
    unpin,
    with_options,
)
from .conftest import digest_of

# One of each, some of them twice at a step, and one that waits.
SESSION = {
    0: [hide(2), pin(0, step=7)],
    2: [move(1, 0.3, 0.7, height=0.5), set_weight(1, 5), pin(2)],
    3: [add(ADDED), show(2), hide(9)],
    5: [ban(digest_of(1)), set_weight(0, 0)],
    6: [unpin(2)],
}


@pytest.fixture
def task(steered_task) -> Climb:
    return with_options(steered_task, step_count=12, checkpoint_interval_steps=1)


def test_what_was_asked_is_told_with_its_step(task) -> None:
    steps, result = run_live(task, SESSION)
    told = {step.step - 1: [steer.WhichOneof("action") for steer in step.steers] for step in steps}
    assert told == {
        **{step: [] for step in range(12)},
        0: ["hide"],
        2: ["move", "set_weight", "pin"],
        3: ["add", "show"],
        5: ["ban", "set_weight"],
        6: ["unpin"],
        7: ["pin"],
    }
    assert list(result.steers) == [steer for step in steps for steer in step.steers]
    assert [steer.step for steer in result.steers] == [0, 2, 2, 2, 3, 3, 5, 5, 6, 7]


def test_the_record_of_a_climb_replays_it(task) -> None:
    task = with_options(task, step_count=12)
    steps, result = run_live(task, SESSION)
    replayed, same = run(task, *result.steers)
    assert as_bytes([same]) == as_bytes([result])
    for step in steps:
        step.ClearField("refused_steers")
    assert as_bytes(replayed) == as_bytes(steps)


def test_a_recorded_stop_replays_too(task) -> None:
    task = with_options(task, step_count=12)
    steps, result = run_live(task, {3: [hide(0)], 5: [stop()]})
    replayed, same = run(task, *result.steers)
    assert as_bytes([*replayed, same]) == as_bytes([*steps, result])


@pytest.mark.parametrize("cut_at", range(1, 12))
def test_a_steered_climb_goes_on_from_a_checkpoint_to_the_same_bytes(task, cut_at) -> None:
    steps, result = run_live(task, SESSION)
    record = list(result.steers)
    whole = as_bytes([*run(task, *record)[0], result])
    checkpoint = OptimizeCheckpoint.FromString(steps[cut_at - 1].checkpoint.SerializeToString())
    # With the record of the whole climb, as a client that knows it.
    resumed = as_bytes(climb(replace(task, checkpoint=checkpoint, steers=record)))
    assert resumed[-1] == whole[-1]
    # Checkpoints of the whole replay know of steers to come, those of the live climb could not.
    of_whole = as_bytes(climb(replace(task, steers=record)))[cut_at:]
    assert [without_checkpoint(step) for step in resumed[:-1]] == [
        without_checkpoint(step) for step in of_whole[:-1]
    ]


def test_what_a_checkpoint_holds_need_not_be_asked_again(task) -> None:
    session = {step: steers for step, steers in SESSION.items() if step < 4}
    steps, result = run_live(task, session)
    resumed = list(climb(replace(task, checkpoint=steps[4].checkpoint)))
    assert as_bytes(resumed) == as_bytes([*steps[5:], result])


def without_checkpoint(data: bytes) -> bytes:
    step = OptimizeProgress.FromString(data)
    step.ClearField("checkpoint")
    return step.SerializeToString(deterministic=True)


def test_a_checkpoint_holds_every_layer_by_index_and_the_best_only_what_is_seen(task) -> None:
    steps, _ = run_live(task, SESSION)
    checkpoint = steps[6].checkpoint
    digests = [layer.cutout_digest for layer in checkpoint.scene.layers]
    assert digests == [digest_of(index) for index in range(4)]
    assert digest_of(1) not in {layer.cutout_digest for layer in checkpoint.best_scene.layers}


def test_the_cutout_of_an_added_layer_must_be_held_to_go_on(task, sprite_set, blobs) -> None:
    steps, _ = run(task, add(ADDED, step=1))
    poor = replace(task, checkpoint=steps[4].checkpoint, sprites=sprite_set(*blobs(3)))
    with pytest.raises(UnknownCutout):
        next(climb(poor))


def test_steers_of_another_climb_are_refused(task) -> None:
    checkpoint = run(task, hide(1))[0][4].checkpoint
    tensors = read_tensors(checkpoint.optimizer_state).by_name
    tensors["steers.applied"] = message_tensor(OptimizeStart(steers=[hide(5)]))
    checkpoint.optimizer_state = write_tensors(tensors)
    with pytest.raises(InferenceError, match="steers of this climb") as error:
        next(climb(replace(task, checkpoint=checkpoint)))
    assert error.value.reason == "CHECKPOINT_INVALID"


def test_a_steer_that_comes_while_another_waits_is_followed_in_order(task) -> None:
    incoming = deque([hide(0, step=2), show(0), hide(1, step=2)])
    steps = list(climb(with_options(task, step_count=3), incoming))
    assert [steer.WhichOneof("action") for steer in steps[0].steers] == ["show"]
    assert list(steps[2].layer_indices) == [2]
