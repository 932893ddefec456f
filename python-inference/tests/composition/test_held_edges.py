"""What lay on the canvas edge with a cut side lies there after any step; nothing else is touched."""

import pytest
import torch

from inference.composition.held_edges import find_held_edges, hold_edges
from inference.composition.scene_tensors import Parameter, scene_to_tensors
from inference.composition.sprites import TouchedBorders

ALL = (Parameter.PARAMETER_POSITION, Parameter.PARAMETER_HEIGHT, Parameter.PARAMETER_ROTATION)
FREE = torch.tensor([True])
LAND = TouchedBorders(left=True, right=True, bottom=True)


@pytest.fixture
def land(make_scene, block, sprite_set):
    """A canvas-wide strip along the bottom: 1.1 wide, 0.55 high, its lower edge at 1."""
    sprites = sprite_set(block(10, 20), borders=LAND)
    scene = scene_to_tensors(make_scene((0.5, 0.725, 0.55)))
    return scene, find_held_edges(scene, sprites.of(scene.digests))


def test_a_landscape_that_slid_is_put_back_to_the_edge(land) -> None:
    scene, held = land
    scene.centers[0] = torch.tensor([0.62, 0.6])
    hold_edges(scene, held, ALL, FREE)
    assert scene.centers[0].tolist() == pytest.approx([0.55, 0.725])  # its left side at 0, its lower one at 1
    assert scene.heights[0].item() == pytest.approx(0.55)


def test_a_landscape_that_shrank_spans_the_canvas_again(land) -> None:
    scene, held = land
    scene.heights[0] = 0.4
    hold_edges(scene, held, ALL, FREE)
    assert scene.heights[0].item() == pytest.approx(0.5)
    assert scene.centers[0].tolist() == pytest.approx([0.5, 0.75])


def test_a_turned_landscape_shows_no_wedge(land) -> None:
    scene, held = land
    scene.rotations[0] = 3.0
    hold_edges(scene, held, ALL, FREE)
    angle = torch.tensor(3.0).deg2rad()
    lower_side_at_its_higher_end = scene.heights[0] / 2 * angle.cos() - scene.heights[0] * angle.sin()
    assert scene.centers[0, 1] + lower_side_at_its_higher_end >= 1 - 1e-6


def test_a_position_that_keeps_the_edges_is_left_alone(land) -> None:
    scene, held = land
    before = scene.centers.clone()
    hold_edges(scene, held, ALL, FREE)
    assert scene.centers.equal(before)


def test_a_flipped_cutout_holds_the_other_side(make_scene, block, sprite_set) -> None:
    sprites = sprite_set(block(10, 10), borders=TouchedBorders(left=True))
    message = make_scene((0.9, 0.5, 0.2))
    message.layers[0].flipped = True
    scene = scene_to_tensors(message)
    held = find_held_edges(scene, sprites.of(scene.digests))
    scene.centers[0, 0] = 0.7
    hold_edges(scene, held, ALL, FREE)
    assert scene.centers[0].tolist() == pytest.approx([0.9, 0.5])


def test_sides_that_were_not_cut_or_not_on_the_edge_are_free(make_scene, block, sprite_set) -> None:
    scene = scene_to_tensors(make_scene((0.1, 0.5, 0.2), (0.5, 0.5, 0.2)))
    free = find_held_edges(scene, sprite_set(*[block(10, 10)] * 2).of(scene.digests))
    assert not free.before.any() and not free.after.any()
    inside = sprite_set(*[block(10, 10)] * 2, borders=TouchedBorders(bottom=True)).of(scene.digests)
    assert not find_held_edges(scene, inside).after.any()


@pytest.mark.parametrize("missing", [Parameter.PARAMETER_POSITION, Parameter.PARAMETER_HEIGHT])
def test_what_the_mask_does_not_name_is_not_changed(land, missing) -> None:
    scene, held = land
    scene.heights[0] = 0.4
    scene.centers[0] = torch.tensor([0.62, 0.6])
    field = "centers" if missing == Parameter.PARAMETER_POSITION else "heights"
    before = getattr(scene, field).clone()
    hold_edges(scene, held, [parameter for parameter in ALL if parameter != missing], FREE)
    assert getattr(scene, field).equal(before)


def test_a_layer_that_is_not_free_is_left_alone(land) -> None:
    scene, held = land
    scene.heights[0] = 0.4
    scene.centers[0] = torch.tensor([0.62, 0.6])
    hold_edges(scene, held, ALL, ~FREE)
    assert scene.centers[0].equal(torch.tensor([0.62, 0.6]).double())
    assert scene.heights[0].item() == 0.4


def test_one_layers_edges_are_found_anew_the_others_stay(make_scene, block, sprite_set) -> None:
    inside = scene_to_tensors(make_scene((0.5, 0.5, 0.2), (0.5, 0.5, 0.2)))
    at_the_edge = scene_to_tensors(make_scene((0.1, 0.9, 0.2), (0.1, 0.9, 0.2), (0.1, 0.9, 0.2)))
    sprites = sprite_set(*[block(10, 10)] * 3, borders=TouchedBorders(left=True, bottom=True))
    free, held = (find_held_edges(scene, sprites.of(scene.digests)) for scene in (inside, at_the_edge))
    second = free.with_row_of(held, 1)
    assert [second.any_of(row) for row in range(2)] == [False, True]
    added = free.with_row_of(held, 2)
    assert [added.any_of(row) for row in range(3)] == [False, False, True]
    assert added.before[2].tolist() == [True, False] and added.after[2].tolist() == [False, True]
