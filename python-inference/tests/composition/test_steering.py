"""What a person asks of a climb is done between two steps, kept, and told."""

import math
from dataclasses import replace

import pytest
from collage.v1.composition_service_pb2 import (
    Objective,
    Steer,
    StopReason,
    WeightedText,
)
from collage.v1.scene_pb2 import Layer

from inference.composition.climb_step import DECAY_STEPS, LEARNING_RATES
from inference.composition.climb_task import EVALUATION_VIEW_COUNT, Climb
from inference.composition.loss import encode_objective
from inference.composition.scene_tensors import Parameter, scene_to_tensors
from inference.composition.score import score_scenes
from inference.composition.sprites import TouchedBorders
from inference.composition.steering import ACTIONS

from .climbing import (
    ADDED,
    KEYPHRASES,
    add,
    as_bytes,
    ban,
    hide,
    layer_of,
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


@pytest.fixture
def task(steered_task) -> Climb:
    return steered_task


def test_every_action_has_a_function() -> None:
    assert {*ACTIONS, "stop"} == {field.name for field in Steer.DESCRIPTOR.oneofs_by_name["action"].fields}


def test_a_pinned_layer_keeps_every_bit_and_the_others_climb_on(task) -> None:
    steps, result = run(task, pin(1, step=3))
    for step in steps[3:]:
        assert layer_of(step, 1) == layer_of(steps[2], 1)
    assert layer_of(result, 1) == layer_of(steps[2], 1)
    assert layer_of(steps[-1], 0) != layer_of(steps[2], 0)


def test_a_layer_pinned_from_the_start_gets_not_even_a_tint(task) -> None:
    steps, _ = run(task, pin(1))
    assert layer_of(steps[-1], 1) == task.start.layers[1]
    assert layer_of(steps[-1], 0).HasField("tint")


def test_a_pinned_layer_with_a_held_edge_is_not_put_back_to_it(task, blobs, sprite_set) -> None:
    task = replace(task, sprites=sprite_set(*blobs(4), borders=TouchedBorders(left=True)))
    task.start.layers[0].placement.center_x = 0.12
    steps, _ = run(task, pin(0))
    assert layer_of(steps[-1], 0) == task.start.layers[0]


def test_an_unpinned_layer_climbs_again_and_the_best_before_still_counts(task) -> None:
    task = with_options(task, step_count=9)
    steps, result = run(task, pin(1, step=2), unpin(1, step=5))
    assert layer_of(steps[4], 1) == layer_of(steps[1], 1)
    assert layer_of(steps[5], 1) != layer_of(steps[4], 1)
    assert result.best_step >= 2
    assert result.start_score == score_of(task, steps[1].scene)


def test_a_moved_layer_is_where_it_was_put_and_climbs_on_from_there(task) -> None:
    # What the mask does not name is put too: it is the person's word, not the climb's.
    task = replace(task, parameters=[Parameter.PARAMETER_POSITION])
    steps, result = run(task, move(2, 0.2, 0.9, height=0.5, turn=30, step=4))
    there = layer_of(steps[4], 2).placement
    assert (there.height, there.rotation_degrees) == (0.5, 30)
    assert 0 < math.dist((there.center_x, there.center_y), (0.2, 0.9)) < 0.02
    assert math.dist((there.center_x, there.center_y), (0.6, 0.5)) > 0.4
    assert math.dist((layer_of(result, 2).placement.center_x, 0), (0.2, 0)) < 0.1


def test_a_pinned_layer_can_be_moved_and_stays_pinned(task) -> None:
    steer = move(1, 0.2, 0.3, height=0.15, turn=-5, step=3)
    steps, result = run(task, pin(1), steer)
    for message in (*steps[3:], result):
        assert layer_of(message, 1).placement == steer.move.placement


def test_a_moved_layer_takes_its_first_step_without_a_drift_from_before(task) -> None:
    task = replace(with_options(task, step_count=21), parameters=[Parameter.PARAMETER_POSITION])
    steps, _ = run(task, move(0, 0.5, 0.5, step=20))
    # Adam's first step is the rate, whatever the gradient; its twenty-first is not.
    rate = LEARNING_RATES[Parameter.PARAMETER_POSITION] / math.sqrt(1 + 20 / DECAY_STEPS)
    there, other = layer_of(steps[20], 0).placement, layer_of(steps[20], 1).placement
    assert abs(there.center_x - 0.5) == pytest.approx(rate, rel=1e-4)
    assert abs(other.center_x - layer_of(steps[19], 1).placement.center_x) != pytest.approx(rate, rel=0.05)


def test_a_hidden_layer_is_in_no_scene_and_comes_back_as_it_was(task) -> None:
    steps, result = run(task, hide(1, step=2), show(1, step=5))
    assert [list(step.layer_indices) for step in steps[1:5]] == [[0, 1, 2], [0, 2], [0, 2], [0, 2]]
    assert sorted(steps[5].layer_indices) == [0, 1, 2] == sorted(result.layer_indices)
    for step in steps:
        assert [layer.cutout_digest for layer in step.scene.layers] == [
            digest_of(index) for index in step.layer_indices
        ]
    # It takes one step after it is back.
    before, after = layer_of(steps[1], 1).placement, layer_of(steps[5], 1).placement
    assert math.dist((before.center_x, before.center_y), (after.center_x, after.center_y)) < 0.01


def test_all_layers_can_be_hidden(task) -> None:
    steps, result = run(task, *[hide(index, step=1) for index in range(3)])
    assert len(steps[-1].scene.layers) == len(result.scene.layers) == 0
    assert len(steps) == 8


def test_a_banned_cutout_is_gone_for_good_with_all_its_layers(task) -> None:
    task.start.layers[2].cutout_digest = digest_of(1)
    again = Layer()
    again.CopyFrom(task.start.layers[1])
    steps, result = run(task, ban(digest_of(1), step=2), show(1, step=3), add(again, step=4))
    for message in (*steps[2:], result):
        assert list(message.layer_indices) == [0]
    (shown,), (added,) = steps[3].refused_steers, steps[4].refused_steers
    assert "not banned for steer.show.layer_index but received 1" in shown.message
    assert "not banned for steer.add.layer.cutout_digest" in added.message


def test_an_added_layer_lies_on_top_and_is_climbed(task) -> None:
    task = replace(task, parameters=[Parameter.PARAMETER_POSITION, Parameter.PARAMETER_TINT])
    steps, result = run(task, add(ADDED, step=3), hide(3, step=6), move(3, 0.1, 0.1, step=6), show(3, step=7))
    assert list(steps[3].layer_indices) == [0, 1, 2, 3]
    there = layer_of(steps[3], 3)
    assert (there.cutout_digest, there.opacity) == (digest_of(3), 0.8)
    assert there.placement != ADDED.placement
    assert list(steps[6].layer_indices) == [0, 1, 2]
    assert list(result.layer_indices) == [0, 1, 2, 3]
    assert math.dist((layer_of(result, 3).placement.center_x, 0), (0.1, 0)) < 0.02


def test_the_scene_that_was_given_is_not_touched(task) -> None:
    before = as_bytes([task.start])
    run(task, add(ADDED), move(0, 0.1, 0.1), hide(1))
    assert as_bytes([task.start]) == before


def test_a_weight_counts_from_then_on(task, tiny_perceptor) -> None:
    plain, steered = run(task)[0], run(task, set_weight(1, 9, step=4))[0]
    assert as_bytes(plain[:4]) == as_bytes(steered[:4])
    assert plain[4].score != steered[4].score
    # 3 to 9, from the step on: as if the climb's objective had these weights.
    other = Objective(prompt="blobs", keyphrases=[KEYPHRASES[0], WeightedText(text="a cube", weight=9)])
    asked = replace(task, targets=encode_objective(other, tiny_perceptor), keyphrase_weights=[3, 9])
    assert run(asked)[0][0].score == run(task, set_weight(1, 9))[0][0].score


def test_without_any_weight_there_is_no_keyphrase_term(task, tiny_perceptor) -> None:
    steps, _ = run(task, set_weight(0, 0), set_weight(1, 0))
    prompt_alone = replace(task, targets=encode_objective(Objective(prompt="blobs"), tiny_perceptor))
    assert [step.score for step in steps] == [step.score for step in run(prompt_alone)[0]]
    back, _ = run(task, set_weight(0, 0), set_weight(1, 0), set_weight(0, 3), set_weight(1, 1))
    assert back[-1].scene == run(task)[0][-1].scene


def test_stop_ends_the_climb_before_the_next_step(task) -> None:
    steps, result = run(task, stop(step=3), hide(0, step=3))
    assert len(steps) == 3 and result.stop_reason == StopReason.STOP_REASON_STEERED
    assert list(result.steers) == [stop(step=3)]


def score_of(task: Climb, scene, targets=None) -> float:
    tensors = [scene_to_tensors(scene)]
    targets = targets or task.targets
    groups = score_scenes(
        tensors, task.sprites, targets, task.perceptor, EVALUATION_VIEW_COUNT, task.options.seed
    )
    return next(groups)[0].score


def test_what_a_person_asked_is_no_loss_the_scene_after_it_is_the_one_to_beat(task) -> None:
    # So fast that nothing is better than what it began with.
    task = with_options(task, step_count=6, learning_rate_scale=300)
    _, result = run(task, pin(0), pin(1), pin(2), move(1, 0.1, 0.95, height=0.2, step=4))
    assert result.best_step == 4
    assert layer_of(result, 1).placement.center_y == 0.95
    assert result.score == result.start_score == score_of(task, result.scene)
    assert result.start_score != score_of(task, task.start)


def test_the_start_score_is_measured_against_the_changed_targets(task, tiny_perceptor) -> None:
    _, result = run(task, set_weight(0, 0))
    other = replace(task.targets, keyphrase_shares=task.targets.keyphrase_shares.new_tensor([0, 1]))
    assert result.start_score == score_of(task, task.start, other)


def test_patience_begins_anew_with_a_steer(task) -> None:
    task = with_options(task, patience_steps=3, learning_rate_scale=1000)
    alone = run(task)[1].step_count
    assert run(task, move(0, 0.5, 0.5, step=alone - 1))[1].step_count >= alone - 1 + 3


def test_a_steer_after_the_last_step_is_still_honored(task) -> None:
    steps, result = run_live(task, {8: [hide(0), hide(7)]})
    assert len(steps) == 8 and sorted(result.layer_indices) == [1, 2]
    assert list(result.steers) == [hide(0, step=8)]
    assert [refused.steer for refused in result.refused_steers] == [hide(7)]
