"""Painting order and flips: tried by moves, only where asked, never with what a person pinned."""

from collections import deque
from dataclasses import replace
from itertools import pairwise
from time import process_time

import pytest
import torch
from collage.v1.composition_service_pb2 import (
    Objective,
    OptimizeCheckpoint,
    OptimizeOptions,
    OptimizeProgress,
)

from inference.composition import moves
from inference.composition.climb_task import Climb
from inference.composition.compositor import render
from inference.composition.loss import encode_objective
from inference.composition.moves import Move, possible_moves
from inference.composition.optimize import _begin, climb
from inference.composition.scene_tensors import Parameter
from inference.composition.sprites import TouchedBorders
from inference.composition.steer_log import SteerLog

from .climbing import as_bytes, hide, layer_of, pin, run, with_options
from .conftest import digest_of

ORDER, FLIP = Parameter.PARAMETER_ORDER, Parameter.PARAMETER_FLIP
POSITION = Parameter.PARAMETER_POSITION


@pytest.fixture
def task(make_scene, block, sprite_set, tiny_perceptor) -> Climb:
    """A tiny red layer all hidden under a green one, a blue one apart from both."""
    scene = make_scene((0.3, 0.5, 0.2), (0.3, 0.5, 0.4), (0.8, 0.5, 0.3))
    pictures = [block(20, 20, *color) for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    return Climb(
        start=scene,
        parameters=[ORDER],
        sprites=sprite_set(*pictures),
        targets=encode_objective(Objective(prompt="blobs"), tiny_perceptor),
        perceptor=tiny_perceptor,
        options=OptimizeOptions(step_count=6, seed=1),
        anchor=scene.background,
    )


def moves_of(task: Climb, *steers) -> list[list[Move]]:
    state = _begin(task, SteerLog(deque()))
    SteerLog(deque(steers)).follow(state, task.find_sprites)
    return possible_moves(state, render(state.seen(), state.sprites, 64, 64))


def test_a_hidden_layer_can_go_over_the_one_that_hides_it(task) -> None:
    exchanges, raises = moves_of(task)
    assert exchanges == [Move(layer=0, over=1)]
    assert raises == []  # it would be the same


def test_a_layer_under_two_can_go_over_the_next_or_over_both(task) -> None:
    task.start.layers[2].placement.CopyFrom(task.start.layers[1].placement)
    exchanges, raises = moves_of(task)
    assert exchanges == [Move(layer=0, over=1), Move(layer=1, over=2)]
    assert raises == [Move(layer=0, over=2)]


def test_a_pinned_layer_is_neither_moved_nor_moved_across(task) -> None:
    assert moves_of(task, pin(0)) == [[], []]
    assert moves_of(task, pin(1)) == [[], []]
    assert moves_of(task, pin(2))[0] == [Move(layer=0, over=1)]


def test_a_hidden_or_lonely_layer_has_no_order(task) -> None:
    assert moves_of(task, hide(1)) == [[], []]
    assert moves_of(task, hide(1), hide(2)) == [[], []]


def test_every_layer_can_be_mirrored_but_a_pinned_one_and_one_held_to_an_edge(task) -> None:
    task = replace(task, parameters=[FLIP])
    assert moves_of(task, pin(1)) == [[Move(0), Move(2)]]
    task.sprites.by_digest[digest_of(2)].borders = TouchedBorders(right=True)
    task.start.layers[2].placement.center_x = 0.85
    assert moves_of(task) == [[Move(0), Move(1)]]


def test_the_hidden_layer_comes_to_light_and_nothing_else_changes(task) -> None:
    steps, result = run(task)
    assert list(steps[0].layer_indices) == [1, 0, 2]
    assert list(result.layer_indices) == [1, 0, 2]
    for index in range(3):
        assert layer_of(result, index) == task.start.layers[index]
    assert result.scene.background == task.start.background
    assert result.score > result.start_score


def test_a_flip_is_kept_only_where_it_wins(make_scene, blobs, sprite_set, task, monkeypatch) -> None:
    scene = make_scene((0.3, 0.4, 0.5), (0.7, 0.6, 0.5))
    monkeypatch.setattr(moves, "MARGIN", 0.0)
    task = replace(task, start=scene, sprites=sprite_set(*blobs(2)), parameters=[FLIP])
    steps, result = run(with_options(task, step_count=10))
    assert list(result.layer_indices) == [0, 1]
    for index, layer in enumerate(steps[-1].scene.layers):
        before = scene.layers[index]
        assert (layer.placement, layer.opacity) == (before.placement, before.opacity)
    assert any(layer.flipped for step in steps for layer in step.scene.layers)
    monkeypatch.setattr(moves, "MARGIN", 1.0)
    steps, _ = run(task)
    assert not any(layer.flipped for step in steps for layer in step.scene.layers)


def test_without_being_asked_for_order_and_flips_stay(task) -> None:
    steps, _ = run(with_options(replace(task, parameters=[POSITION]), step_count=11))
    for step in steps:
        assert list(step.layer_indices) == [0, 1, 2]


def test_beside_a_climb_moves_are_tried_now_and_then(task) -> None:
    steps, _ = run(with_options(replace(task, parameters=[POSITION, ORDER]), step_count=10))
    orders = [(step.step, list(step.layer_indices)) for step in steps]
    changed = [step for (_, before), (step, order) in pairwise(orders) if order != before]
    assert changed and all(step % moves.MOVE_INTERVAL_STEPS == 0 for step in changed)


def test_moves_repeat_and_go_on_from_a_checkpoint(task) -> None:
    task = with_options(replace(task, parameters=[POSITION, ORDER, FLIP]), checkpoint_interval_steps=1)
    whole = as_bytes(climb(task))
    assert as_bytes(climb(task)) == whole
    assert list(OptimizeProgress.FromString(whole[-2]).layer_indices) != [0, 1, 2]
    for cut_at in (4, 9, 10):
        step = OptimizeProgress.FromString(whole[cut_at - 1])
        checkpoint = OptimizeCheckpoint.FromString(step.checkpoint.SerializeToString())
        assert as_bytes(climb(replace(task, checkpoint=checkpoint))) == whole[cut_at:]


def test_three_hundred_layers_are_gone_through_in_no_time(task) -> None:
    for index in range(297):
        task.start.layers.add().CopyFrom(task.start.layers[index % 3])
        task.start.layers[-1].placement.center_x = index % 17 / 17
    task = replace(task, parameters=[ORDER, FLIP])
    state = _begin(task, SteerLog(deque()))
    with torch.no_grad():
        painting = render(state.seen(), state.sprites, 64, 64)
    began = process_time()
    exchanges, raises, flips = possible_moves(state, painting)
    assert process_time() - began < 0.2
    assert len(flips) == 300 and len(exchanges) > 100 and len(raises) > 50
