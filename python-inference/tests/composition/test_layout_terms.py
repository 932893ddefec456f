"""Each layout term sees its own ugliness, is silent without it, and climbs away from it."""

import pytest
import torch

from inference.composition.compositor import render
from inference.composition.layout_terms import layout_terms
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.sprites import TouchedBorders

SIZE = 40


def terms_of(scene, sprites, requires_grad: str = "centers"):
    tensors = scene_to_tensors(scene)
    leaf = getattr(tensors, requires_grad).requires_grad_()
    painting = render(tensors, sprites, SIZE, round(SIZE * scene.aspect_ratio))
    return layout_terms(tensors, sprites.of(tensors.digests), painting, SIZE), leaf


def test_a_plain_layout_costs_nothing(make_scene, block, sprite_set) -> None:
    terms, _ = terms_of(make_scene((0.3, 0.5, 0.25), (0.7, 0.5, 0.25)), sprite_set(*[block(10, 10)] * 2))
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(
        {"hidden": 0, "buried": 0, "off_canvas": 0, "speck": 0, "balance": 0, "border": 0}, abs=1e-6
    )


def test_no_layers_have_no_terms(make_scene, sprite_set) -> None:
    assert terms_of(make_scene(), sprite_set())[0] == {}


def test_a_cutout_wholly_hidden_costs_its_share_of_the_mean(make_scene, block, sprite_set) -> None:
    terms, _ = terms_of(make_scene((0.5, 0.5, 0.25), (0.5, 0.5, 0.5)), sprite_set(*[block(10, 10)] * 2))
    assert terms["hidden"].item() == pytest.approx(0.5)


def test_a_nearly_hidden_cutout_is_pulled_out(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.45, 0.5, 0.25), (0.5, 0.5, 0.25))
    terms, centers = terms_of(scene, sprite_set(*[block(10, 10)] * 2))
    (gradient,) = torch.autograd.grad(terms["hidden"], centers)
    assert gradient[0, 0] > 0 > gradient[1, 0]  # downhill: the lower one left, the upper one right


@pytest.mark.parametrize("others", [0, 8])
def test_a_buried_cutout_costs_as_much_in_company(make_scene, block, sprite_set, others) -> None:
    row = [(0.06 + 0.11 * index, 0.2, 0.1) for index in range(others)]
    sprites = sprite_set(*[block(10, 10)] * (others + 2))
    terms, _ = terms_of(make_scene(*row, (0.5, 0.7, 0.2), (0.525, 0.7, 0.2)), sprites)
    assert terms["buried"].item() == pytest.approx(1 - 0.125 / 0.3, abs=1e-4)  # a pixel of eight is seen
    terms, centers = terms_of(make_scene(*row, (0.49, 0.7, 0.2), (0.52, 0.7, 0.2)), sprites)
    (gradient,) = torch.autograd.grad(terms["buried"], centers)
    assert gradient[-2, 0] > 0 > gradient[-1, 0]  # downhill: apart


@pytest.mark.parametrize(("x", "downhill"), [(0.15, 1), (0.85, -1)])
def test_what_topples_to_one_side_is_pulled_to_the_middle(make_scene, block, sprite_set, x, downhill) -> None:
    terms, centers = terms_of(make_scene((x, 0.5, 0.2)), sprite_set(block(10, 10)))
    (gradient,) = torch.autograd.grad(terms["balance"], centers)
    assert terms["balance"].item() == pytest.approx((0.7 - 1 / 3) ** 2)
    assert gradient[0, 0].sign() == -downhill and gradient[0, 1] == 0


def test_a_small_thing_far_out_balances_nothing_and_a_large_one_does(make_scene, block, sprite_set) -> None:
    sprites = sprite_set(*[block(10, 10)] * 2)
    small = terms_of(make_scene((0.2, 0.5, 0.3), (0.95, 0.5, 0.05)), sprites)[0]["balance"]
    large = terms_of(make_scene((0.2, 0.5, 0.3), (0.8, 0.5, 0.3)), sprites)[0]["balance"]
    assert large.item() == pytest.approx(0) and small > 0.02


def test_a_quarter_over_the_edge_is_free_and_more_is_pulled_back(make_scene, block, sprite_set) -> None:
    sprites = sprite_set(block(10, 10))
    assert terms_of(make_scene((0.0625, 0.5, 0.25)), sprites)[0]["off_canvas"].item() == pytest.approx(0)
    terms, centers = terms_of(make_scene((0.03, 0.5, 0.25)), sprites)
    (gradient,) = torch.autograd.grad(terms["off_canvas"], centers)
    assert terms["off_canvas"] > 0 and gradient[0, 0] < 0


def test_a_layer_lost_far_away_finds_its_way_back(make_scene, block, sprite_set) -> None:
    terms, centers = terms_of(make_scene((5.0, -3.0, 0.25)), sprite_set(block(10, 10)))
    (gradient,) = torch.autograd.grad(sum(terms.values()), centers)
    assert gradient[0, 0] > 0 > gradient[0, 1]


def test_a_speck_grows(make_scene, block, sprite_set) -> None:
    terms, heights = terms_of(make_scene((0.5, 0.5, 0.05)), sprite_set(block(10, 10)), "heights")
    (gradient,) = torch.autograd.grad(terms["speck"], heights)
    assert terms["speck"].item() == pytest.approx(0.25, abs=0.01)  # half the wanted side
    assert gradient[0] < 0


def test_a_cut_side_in_mid_air_is_pulled_to_the_edge_it_faces(make_scene, block, sprite_set) -> None:
    sprites = sprite_set(block(10, 10), borders=TouchedBorders(bottom=True))
    terms, centers = terms_of(make_scene((0.5, 0.5, 0.25)), sprites)
    (gradient,) = torch.autograd.grad(terms["border"], centers)
    distance = 1 - 0.625
    assert terms["border"].item() == pytest.approx(distance / (distance + 0.1))
    assert gradient[0, 0] == 0 and gradient[0, 1] < 0


@pytest.mark.parametrize(("flipped", "rotation", "downhill"), [(False, 0, -1), (True, 0, 1), (False, 180, 1)])
def test_a_mirrored_or_turned_side_faces_the_other_edge(
    make_scene, block, sprite_set, flipped, rotation, downhill
) -> None:
    scene = make_scene((0.5, 0.5, 0.25))
    scene.layers[0].flipped = flipped
    scene.layers[0].placement.rotation_degrees = rotation
    sprites = sprite_set(block(10, 10), borders=TouchedBorders(left=True))
    terms, centers = terms_of(scene, sprites)
    (gradient,) = torch.autograd.grad(terms["border"], centers)
    assert -gradient[0, 0].sign() == downhill


@pytest.mark.parametrize("place", [(0.5, 0.875, 0.25), (0.5, 0.95, 0.25)], ids=["on the edge", "beyond it"])
def test_a_cut_side_on_the_canvas_edge_is_where_it_belongs(make_scene, block, sprite_set, place) -> None:
    sprites = sprite_set(block(10, 10), borders=TouchedBorders(bottom=True))
    assert terms_of(make_scene(place), sprites)[0]["border"].item() == pytest.approx(0)


def test_a_cut_side_behind_another_layer_is_where_it_belongs(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5, 0.5, 0.25), (0.5, 0.7, 0.4))
    sprites = sprite_set(block(10, 10), borders=TouchedBorders(bottom=True))
    sprites.by_digest[scene.layers[1].cutout_digest] = sprite_set(block(10, 10)).of(
        [scene.layers[0].cutout_digest]
    )[0]
    assert terms_of(scene, sprites)[0]["border"].item() == pytest.approx(0)
