"""The layouts that lifts are measured against: scattered, and nobody's work."""

import pytest
import torch

from inference.composition.reference_layouts import (
    RECTANGLE_SHARE,
    REFERENCE_COUNT,
    reference_layouts,
)


@pytest.fixture
def sprites(sprite_set, block):
    """An upright, a square and a wide cut-out."""
    return sprite_set(block(40, 20), block(30, 30), block(10, 50))


DIGESTS = [f"{index:064x}" for index in range(3)]  # as sprite_set names them


def test_every_cutout_covers_the_same_share_and_stays_on_the_canvas(sprites) -> None:
    layouts = reference_layouts(DIGESTS, sprites, 1.5, 1)
    assert len(layouts) == REFERENCE_COUNT
    for layout in layouts:
        assert sorted(layer.cutout_digest for layer in layout.layers) == DIGESTS
        for layer in layout.layers:
            sprite = sprites.by_digest[layer.cutout_digest]
            place = layer.placement
            width = place.height * sprite.width / sprite.height
            assert place.height * width == pytest.approx(RECTANGLE_SHARE * 1.5)
            assert width / 2 <= place.center_x <= 1.5 - width / 2
            assert place.height / 2 <= place.center_y <= 1 - place.height / 2
            assert (layer.opacity, place.rotation_degrees, layer.flipped) == (1, 0, False)


def test_centers_are_spread_over_all_the_room_there_is(sprites) -> None:
    layouts = reference_layouts(DIGESTS[1:2], sprites, 1.0, 5)
    half = layouts[0].layers[0].placement.height / 2
    places = [layout.layers[0].placement for layout in layouts]
    for values in ([place.center_x for place in places], [place.center_y for place in places]):
        shares = (torch.tensor(values) - half) / (1 - 2 * half)
        counts = torch.histc(shares, bins=4, min=0, max=1)
        assert counts.sum() == REFERENCE_COUNT
        assert counts.min() >= 12  # of 25


def test_a_cutout_longer_than_the_canvas_covers_it_from_end_to_end(sprites) -> None:
    for layout in reference_layouts(DIGESTS[2:], sprites, 0.2, 1):
        place = layout.layers[0].placement
        width = place.height * 5
        assert width > 0.2
        assert place.center_x - width / 2 <= 0
        assert place.center_x + width / 2 >= 0.2


def test_they_depend_on_cutouts_shape_and_seed_but_not_on_the_order_of_layers(sprites) -> None:
    layouts = reference_layouts(DIGESTS, sprites, 1.5, 1)
    assert reference_layouts(DIGESTS[::-1], sprites, 1.5, 1) == layouts
    assert reference_layouts(DIGESTS, sprites, 1.5, 2) != layouts


def test_no_cutout_is_always_on_top(sprites) -> None:
    tops = [layout.layers[-1].cutout_digest for layout in reference_layouts(DIGESTS, sprites, 1.5, 1)]
    assert all(tops.count(digest) >= 15 for digest in DIGESTS)
