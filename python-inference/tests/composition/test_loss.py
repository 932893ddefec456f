"""The documented formula, term by term."""

import pytest
import torch
from collage.v1.composition_service_pb2 import Objective, WeightedText

from inference.composition.compositor import render
from inference.composition.loss import (
    LossWeights,
    Targets,
    anchor_colors,
    assess,
    background_terms,
    encode_objective,
    sum_terms,
)
from inference.composition.scene_tensors import scene_to_tensors
from tests.device import DEVICE

UNIT = torch.eye(4).to(DEVICE)
WEIGHTS = LossWeights(prompt=1.0, keyphrases=0.5, negatives=0.5)


def assess_views(views, targets, make_scene, sprite_set):
    scene = scene_to_tensors(make_scene())
    painting = render(scene, sprite_set(), 8, 8)
    return assess(scene, [], painting, 8, views, targets, WEIGHTS)


def test_the_score_is_the_documented_formula(make_scene, sprite_set) -> None:
    targets = Targets(UNIT[0], UNIT[1:3], UNIT.new_tensor([0.25, 0.75]), UNIT[3:], UNIT.new_tensor([2.0]))
    views = UNIT.new_tensor([[0.8, 0.2, 0.4, 0.1], [0.6, 0.4, 0.0, 0.3]])
    assessment = assess_views(views, targets, make_scene, sprite_set)
    assert assessment.prompt_similarity.item() == pytest.approx(0.7)
    assert assessment.keyphrase_similarities.tolist() == pytest.approx([0.3, 0.2])
    expected = (0.7 + 0.5 * (0.25 * 0.3 + 0.75 * 0.2) - 0.5 * 2.0 * 0.2) / 1.5
    assert assessment.score.item() == pytest.approx(expected)
    assert assessment.layout_penalty.item() == 0


def test_without_keyphrases_the_score_is_the_cosine_of_the_prompt(make_scene, sprite_set) -> None:
    targets = Targets(UNIT[0], UNIT[:0], UNIT.new_ones(0), UNIT[:0], UNIT.new_ones(0))
    assert assess_views(UNIT[:1] * 0.9, targets, make_scene, sprite_set).score.item() == pytest.approx(0.9)


def test_a_negative_that_is_not_seen_earns_nothing(make_scene, sprite_set) -> None:
    targets = Targets(UNIT[0], UNIT[:0], UNIT.new_ones(0), -UNIT[:1], UNIT.new_ones(1))
    assert assess_views(UNIT[:1], targets, make_scene, sprite_set).score.item() == pytest.approx(1)


def test_the_layout_penalty_lowers_the_score(make_scene, block, sprite_set) -> None:
    tensors = scene_to_tensors(make_scene((0.5, 0.5, 0.25), (0.5, 0.5, 0.25)))
    sprites = sprite_set(*[block(10, 10)] * 2)
    targets = Targets(UNIT[0], UNIT[:0], UNIT.new_ones(0), UNIT[:0], UNIT.new_ones(0))
    painting = render(tensors, sprites, 40, 40)
    assessment = assess(tensors, sprites.of(tensors.digests), painting, 40, UNIT[:1], targets, LossWeights())
    assert assessment.layout_penalty > 0.1
    assert assessment.score.item() == pytest.approx(1 - assessment.layout_penalty.item())


def test_keyphrase_weights_are_relative_to_each_other(tiny_perceptor) -> None:
    phrases = [WeightedText(text="a cat", weight=6), WeightedText(text="a hat", weight=2)]
    targets = encode_objective(Objective(prompt="a cat in a hat", keyphrases=phrases), tiny_perceptor)
    assert targets.keyphrase_shares.tolist() == pytest.approx([0.75, 0.25])
    assert targets.negatives.shape == (0, tiny_perceptor.WIDTH)


def test_a_background_at_its_anchor_costs_nothing_and_another_hue_costs_more_than_brightness(
    make_scene,
) -> None:
    scene = scene_to_tensors(make_scene())
    anchor = anchor_colors(scene, scene.scene.background)

    def cost(red: float, green: float, blue: float) -> float:
        moved = scene_to_tensors(scene.scene)
        moved.stop_colors = anchor + torch.tensor([red, green, blue])
        return sum_terms(background_terms(moved, anchor, LossWeights())).item()

    assert cost(0, 0, 0) == 0
    assert cost(0.1, 0.1, 0.1) == pytest.approx(0.02)
    assert cost(0.1, 0, -0.1) > 2 * cost(0.1, 0.1, 0.1)


def test_the_anchor_may_have_other_stops(make_scene) -> None:
    scene = scene_to_tensors(make_scene())  # stops at 0, 0.5, 1
    anchor = make_scene().background
    del anchor.stops[1]
    anchor.stops[0].color.red, anchor.stops[1].color.red = 0.0, 1.0
    assert anchor_colors(scene, anchor)[:, 0].tolist() == pytest.approx([0, 0.5, 1])
