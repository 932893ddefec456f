"""Judgements: hand-computable where they can be, repeatable, and cheap to leave."""

import pytest
import torch
from collage.v1.composition_service_pb2 import Objective, SceneEvaluation
from torch import Tensor

from inference.composition.evaluate import BATCH_SIZE, Evaluation, evaluate_scene
from inference.composition.loss import encode_objective
from inference.composition.reference_layouts import REFERENCE_COUNT
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.score import score_scenes
from inference.embedding.perceptor import PerceptorDescription
from tests.device import DEVICE

OBJECTIVE = Objective(prompt="blobs")


class Beholder:
    """Sees one number in a picture: what `measure` says of it. Texts all ask for much of it."""

    def __init__(self, name: str, measure, size: int = 32) -> None:
        self._name, self._measure, self._size = name, measure, size

    def describe(self) -> PerceptorDescription:
        return PerceptorDescription(self._name, "1", self._name.ljust(64, "0"), True, "none", 2, self._size)

    def encode_texts(self, texts: list[str]) -> Tensor:
        return torch.tensor([[1.0, 0.0]]).repeat(len(texts), 1).to(DEVICE)

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        assert pictures.shape == (BATCH_SIZE, 3, self._size, self._size) or len(pictures) == 8
        much = self._measure(pictures)  # (B,)
        return torch.stack([much, (1 - much.square()).clamp_min(0).sqrt()], 1)


def redness(pictures: Tensor) -> Tensor:
    return pictures[:, 0].mean((1, 2)) - pictures[:, 1].mean((1, 2))


def redness_on_the_left(pictures: Tensor) -> Tensor:
    return redness(pictures[..., : pictures.shape[-1] // 2])


@pytest.fixture
def judged(sprite_set, block, tiny_perceptor, other_perceptor):
    """judged(scene): its judgement, over two plain cut-outs, one red, one blue."""
    sprites = sprite_set(block(20, 20), block(20, 20, 0, 0, 255), block(20, 20))

    def judge(scene, perceptor=tiny_perceptor, held_out=other_perceptor, seed=0) -> SceneEvaluation:
        task = Evaluation(scene, sprites, OBJECTIVE, perceptor, held_out, seed)
        *counts, evaluation = evaluate_scene(task)
        assert counts == sorted(counts)
        assert counts[-1] == 1 + REFERENCE_COUNT + 1 + len(scene.layers)
        return evaluation

    judge.sprites = sprites
    return judge


def test_the_same_request_gives_the_same_judgement_and_another_seed_another(judged, make_scene) -> None:
    scene = make_scene((0.3, 0.4, 0.3), (0.7, 0.6, 0.4), aspect_ratio=1.3)
    first = judged(scene)
    assert judged(scene) == first
    assert judged(scene, seed=1).lift != first.lift
    assert judged(scene, seed=1).similarity == first.similarity


def test_lift_counts_standard_deviations_above_random_layouts(judged, make_scene) -> None:
    huge_red, tiny_red = make_scene((0.5, 0.5, 2.0)), make_scene((0.5, 0.5, 0.01))
    red = Beholder("red", redness)
    assert judged(huge_red, red, red).lift > 2
    assert judged(tiny_red, red, red).lift < 0


def test_what_both_see_alike_is_no_overfit_and_what_only_one_sees_is(judged, make_scene) -> None:
    scene = make_scene((0.25, 0.5, 0.5))
    red, left = Beholder("red", redness), Beholder("left", redness_on_the_left)
    assert judged(scene, left, left).overfit_index == pytest.approx(0)
    # Everything on the left: one judge counts only that, the other does not care where red is.
    evaluation = judged(scene, left, red)
    expected = 1 - evaluation.held_out_lift / evaluation.lift
    assert evaluation.lift > 0
    assert evaluation.overfit_index == pytest.approx(expected)


def test_without_a_lift_there_is_no_overfit(judged, make_scene) -> None:
    red = Beholder("red", redness)
    evaluation = judged(make_scene((0.5, 0.5, 0.01)), red, Beholder("left", redness_on_the_left))
    assert evaluation.lift < 0
    assert evaluation.overfit_index == 0


def test_the_mirror_guard_is_positive_where_mirroring_loses_and_zero_where_it_does_not(
    judged, make_scene
) -> None:
    scene = make_scene((0.25, 0.5, 0.4))
    red, left = Beholder("red", redness), Beholder("left", redness_on_the_left)
    assert judged(scene, left, red).mirror_drop > 1
    assert judged(scene, red, left).mirror_drop == pytest.approx(0, abs=1e-3)


def test_where_all_layouts_look_alike_the_lift_stays_finite(judged, make_scene) -> None:
    blind = Beholder("blind", lambda pictures: pictures.new_full((len(pictures),), 0.3))
    evaluation = judged(make_scene((0.5, 0.5, 0.5)), blind, blind)
    assert evaluation.lift == pytest.approx(0, abs=1e-3)


def test_contributions_are_what_the_score_loses_without_a_layer(judged, make_scene, tiny_perceptor) -> None:
    scene = make_scene((0.3, 0.4, 0.3), (0.7, 0.6, 0.4))
    without = make_scene((0.3, 0.4, 0.3))
    targets = encode_objective(OBJECTIVE, tiny_perceptor)
    tensors = [scene_to_tensors(scene), scene_to_tensors(without)]
    groups = score_scenes(tensors, judged.sprites, targets, tiny_perceptor, 2, 0)
    whole, partial = [score.score for group in groups for score in group]
    assert judged(scene).contributions[1] == pytest.approx(whole - partial)


def test_shares_say_what_is_seen_what_is_off_and_what_is_blank(judged, make_scene) -> None:
    # A red square that a blue one of the same size half hides, on a canvas four times as large.
    evaluation = judged(make_scene((0.5, 0.5, 0.5), (0.75, 0.5, 0.5)))
    assert list(evaluation.visible_shares) == pytest.approx([0.5, 1], abs=0.02)
    assert evaluation.off_canvas_share == pytest.approx(0, abs=0.01)
    assert evaluation.blank_share == pytest.approx(1 - 0.25 - 0.125, abs=0.02)
    # One half off the edge, one far away.
    evaluation = judged(make_scene((0, 0.5, 0.5), (9, 9, 0.5)))
    assert list(evaluation.visible_shares) == pytest.approx([0.5, 0], abs=0.02)
    assert evaluation.off_canvas_share == pytest.approx(0.75, abs=0.02)


def test_a_layer_of_no_opacity_is_not_seen_and_covers_nothing(judged, make_scene) -> None:
    scene = make_scene((0.5, 0.5, 0.5))
    scene.layers[0].opacity = 0
    evaluation = judged(scene)
    assert list(evaluation.visible_shares) == [0]
    assert evaluation.blank_share == 1


def test_both_models_are_named(judged, make_scene, tiny_perceptor, other_perceptor) -> None:
    evaluation = judged(make_scene((0.5, 0.5, 0.5)))
    assert evaluation.perceptor.digest == tiny_perceptor.describe().digest
    assert evaluation.held_out_perceptor.digest == other_perceptor.describe().digest


def test_every_picture_is_painted_once_and_shown_to_both(
    judged, make_scene, tiny_perceptor, other_perceptor
) -> None:
    judged(make_scene((0.5, 0.5, 0.5)))
    looked_at = other_perceptor.encoded_picture_count  # full batches: the scene, mirrored, then 100
    assert looked_at == BATCH_SIZE + REFERENCE_COUNT
    assert tiny_perceptor.encoded_picture_count == looked_at + 4  # and the scene with and without its layer


def test_work_is_done_only_as_it_is_asked_for(judged, make_scene, tiny_perceptor, other_perceptor) -> None:
    scene = make_scene((0.5, 0.5, 0.5))
    task = Evaluation(scene, judged.sprites, OBJECTIVE, tiny_perceptor, other_perceptor, 0)
    steps = evaluate_scene(task)
    assert next(steps) == 1
    assert other_perceptor.encoded_picture_count == BATCH_SIZE


def test_the_judges_may_see_at_different_sizes(judged, make_scene) -> None:
    small, large = Beholder("small", redness), Beholder("large", redness, 48)
    evaluation = judged(make_scene((0.5, 0.5, 0.7), (0.3, 0.5, 0.2), aspect_ratio=1.7), small, large)
    assert evaluation.held_out_similarity == pytest.approx(evaluation.similarity, abs=0.01)
