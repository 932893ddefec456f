"""The climb: better than its start, only where the mask allows, the same every time."""

from dataclasses import replace

import pytest
from collage.v1.composition_service_pb2 import (
    Objective,
    OptimizeCheckpoint,
    OptimizeOptions,
    OptimizeProgress,
    StopReason,
)

from inference.composition.climb_task import EVALUATION_VIEW_COUNT, Climb
from inference.composition.loss import encode_objective
from inference.composition.optimize import climb
from inference.composition.scene_tensors import CLIMBABLE, Parameter, scene_to_tensors
from inference.composition.score import score_scenes
from inference.errors import InferenceError

LAYOUT = [Parameter.PARAMETER_POSITION, Parameter.PARAMETER_HEIGHT, Parameter.PARAMETER_ROTATION]


@pytest.fixture
def task(make_scene, blobs, sprite_set, tiny_perceptor) -> Climb:
    scene = make_scene((0.3, 0.4, 0.3), (0.8, 0.6, 0.4), (0.6, 0.5, 0.35), aspect_ratio=1.2)
    return Climb(
        start=scene,
        parameters=[Parameter.PARAMETER_BACKGROUND_COLORS, *LAYOUT],
        sprites=sprite_set(*blobs(3)),
        targets=encode_objective(Objective(prompt="blobs"), tiny_perceptor),
        perceptor=tiny_perceptor,
        options=OptimizeOptions(step_count=12, seed=1, checkpoint_interval_steps=5),
        anchor=scene.background,
    )


def with_options(task: Climb, **options: float) -> Climb:
    return replace(task, options=OptimizeOptions(**{"step_count": 12, "seed": 1, **options}))


def run(task: Climb, **arguments) -> tuple[list[OptimizeProgress], object]:
    *steps, result = climb(task, **arguments)
    return steps, result


def as_bytes(messages) -> list[bytes]:
    return [message.SerializeToString(deterministic=True) for message in messages]


def test_every_step_is_yielded_with_a_valid_scene_and_the_terms_of_its_loss(task) -> None:
    steps, result = run(task)
    assert [step.step for step in steps] == list(range(1, 13))
    assert result.step_count == 12 and result.stop_reason == StopReason.STOP_REASON_STEPS_DONE
    for step in steps:
        scene_to_tensors(step.scene)  # raises if it is not
        held = [term for name, term in step.loss_terms.items() if name.startswith(("background", "bound"))]
        assert -sum(step.loss_terms.values()) + sum(held) == pytest.approx(step.score)


def test_climbs(task) -> None:
    _, result = run(with_options(task, step_count=60))
    assert result.score > result.start_score + 0.01
    assert result.best_step > 0


def test_scores_are_measured_as_score_scenes_does(task) -> None:
    _, result = run(with_options(task, step_count=40))
    start, best = [
        score.score
        for group in score_scenes(
            [scene_to_tensors(task.start), scene_to_tensors(result.scene)],
            task.sprites,
            task.targets,
            task.perceptor,
            EVALUATION_VIEW_COUNT,
            seed=1,
        )
        for score in group
    ]
    assert (result.start_score, result.score) == (start, best)


def test_the_start_itself_is_the_result_when_nothing_is_better(task) -> None:
    steps, result = run(with_options(task, learning_rate_scale=1000, step_count=5))
    assert result.score == result.start_score and result.best_step == 0
    assert as_bytes([result.scene]) == as_bytes([task.start])
    assert as_bytes([steps[-1].scene]) != as_bytes([task.start])


@pytest.mark.parametrize("parameter", sorted(CLIMBABLE), ids=lambda value: Parameter.Name(value).lower())
def test_what_is_not_named_stays_bit_identical(task, parameter) -> None:
    scene = task.start
    scene.background.angle_degrees = 10
    task = replace(with_options(task, step_count=3), parameters=[parameter])
    steps, _ = run(task)
    before, after = scene_to_tensors(scene), scene_to_tensors(steps[-1].scene)
    for other, name in CLIMBABLE.items():
        is_same = getattr(before, name).equal(getattr(after, name))
        assert is_same is (other != parameter), name


def test_two_runs_give_the_same_bytes(task) -> None:
    assert as_bytes(climb(task)) == as_bytes(climb(task))


def test_another_seed_takes_another_way(task) -> None:
    assert as_bytes(climb(with_options(task, seed=2)))[-1] != as_bytes(climb(with_options(task)))[-1]


@pytest.mark.parametrize("cut_at", [5, 10])
def test_a_climb_cut_and_resumed_gives_the_same_bytes(task, cut_at) -> None:
    whole = list(climb(task))
    # Over the wire and back, as a client would keep it.
    checkpoint = OptimizeCheckpoint.FromString(whole[cut_at - 1].checkpoint.SerializeToString())
    resumed = list(climb(replace(task, checkpoint=checkpoint)))
    assert as_bytes(resumed) == as_bytes(whole[cut_at:])


def test_a_background_alone_is_fitted_by_the_same_loop(task, make_scene) -> None:
    task = replace(
        with_options(task, step_count=40),
        start=make_scene(),
        parameters=[Parameter.PARAMETER_BACKGROUND_COLORS],
    )
    _, result = run(task)
    assert result.score > result.start_score


def test_a_mask_over_layers_that_are_not_there_is_no_error(task, make_scene) -> None:
    task = replace(with_options(task, step_count=2), start=make_scene(), parameters=LAYOUT)
    assert len(run(task)[0]) == 2


def test_a_layer_far_off_the_canvas_comes_nearer(task, make_scene) -> None:
    scene = make_scene((5.0, 0.5, 0.3))
    task = replace(with_options(task, step_count=10), start=scene, parameters=[Parameter.PARAMETER_POSITION])
    steps, _ = run(task)
    assert steps[-1].scene.layers[0].placement.center_x < 4.98


def test_stops_when_the_time_is_up(task) -> None:
    seconds = iter(range(100))
    steps, result = run(with_options(task, time_budget_seconds=4), clock=lambda: next(seconds))
    assert len(steps) == 3 and result.stop_reason == StopReason.STOP_REASON_TIME_UP


def test_a_run_that_ran_out_of_time_replays_as_its_step_count(task) -> None:
    seconds = iter(range(100))
    _, cut = run(with_options(task, time_budget_seconds=8), clock=lambda: next(seconds))
    _, replayed = run(with_options(task, step_count=cut.step_count))
    assert cut.scene == replayed.scene and cut.score == replayed.score


def test_stops_when_the_score_stalls(task) -> None:
    steps, result = run(with_options(task, patience_steps=3, learning_rate_scale=1000))
    assert 3 <= len(steps) < 12 and result.stop_reason == StopReason.STOP_REASON_STALLED


def checkpoint_of(task) -> OptimizeCheckpoint:
    return list(climb(task))[4].checkpoint


def test_a_checkpoint_of_another_mask_is_refused(task) -> None:
    foreign = replace(task, parameters=LAYOUT, checkpoint=checkpoint_of(task))
    assert len(list(climb(foreign))) > 0  # fewer parameters are fine: their moments are there
    narrow = checkpoint_of(replace(task, parameters=LAYOUT))
    with pytest.raises(InferenceError, match=r"checkpoint\.optimizer_state") as error:
        next(climb(replace(task, checkpoint=narrow)))
    assert error.value.reason == "CHECKPOINT_INVALID"


def test_a_checkpoint_of_other_layers_is_refused(task) -> None:
    checkpoint = checkpoint_of(task)
    del checkpoint.scene.layers[0]
    with pytest.raises(InferenceError, match=r"checkpoint\.scene"):
        next(climb(replace(task, checkpoint=checkpoint)))


@pytest.mark.parametrize("state", [b"", b"\x80\x04N.", b"\xff" * 100])
def test_optimizer_state_that_is_none_is_refused(task, state) -> None:
    checkpoint = checkpoint_of(task)
    checkpoint.optimizer_state = state
    with pytest.raises(InferenceError, match=r"checkpoint\.optimizer_state"):
        next(climb(replace(task, checkpoint=checkpoint)))


def test_a_checkpoint_cannot_change_what_is_not_climbed(task) -> None:
    checkpoint = checkpoint_of(task)
    for scene in (checkpoint.scene, checkpoint.best_scene):
        scene.layers[0].opacity = 0.1
        scene.aspect_ratio = 3
    for step in climb(replace(task, checkpoint=checkpoint)):
        assert step.scene.layers[0].opacity == 1 and step.scene.aspect_ratio == task.start.aspect_ratio
