"""Cut-outs premultiplied, shrunk by blocks, and the sides their photo's frame cut."""

import pytest
import torch

from inference.composition.sprites import TouchedBorders, level_for_scale, make_sprite

CPU = torch.device("cpu")
UNTOUCHED = TouchedBorders()


def sprite(rgba: torch.Tensor, borders: TouchedBorders = UNTOUCHED):
    return make_sprite(rgba, borders, torch.float64, CPU)


def test_color_is_multiplied_by_alpha(block) -> None:
    pixel = sprite(block(1, 1, 255, 51, 0, alpha=51)).premultiplied[:, 0, 0]
    torch.testing.assert_close(pixel, torch.tensor([0.2, 0.04, 0, 0.2]).double(), atol=1e-7, rtol=0)


@pytest.mark.parametrize(
    ("scale", "level"),
    [(4, 0), (1, 0), (0.51, 0), (0.5, 1), (0.49, 1), (0.26, 1), (0.25, 2), (0.01, 6)],
)
def test_what_remains_to_the_bilinear_sample_is_above_a_half(scale: float, level: int) -> None:
    assert level_for_scale(scale) == level
    assert scale > 1 or 0.5 < scale * 2**level <= 1


def test_a_level_averages_blocks_and_pads_right_and_below_with_transparency(block) -> None:
    level = sprite(block(5, 3, 255, 255, 255)).level(1)
    assert level.shape == (4, 3, 2)
    expected = torch.tensor([[1, 0.5], [1, 0.5], [0.5, 0.25]]).double()
    torch.testing.assert_close(level, expected.expand(4, 3, 2))


def test_shrinking_twice_is_shrinking_at_once(blobs) -> None:
    (picture,) = blobs(1)
    whole = sprite(picture[:23, :17])
    halved = whole.level(1)
    padded = torch.nn.functional.pad(halved, (0, halved.shape[2] % 2, 0, halved.shape[1] % 2))
    torch.testing.assert_close(torch.nn.functional.avg_pool2d(padded, 2), whole.level(2))


def test_coverage_is_the_opaque_area_of_a_cutout_one_high(block) -> None:
    assert sprite(block(10, 20, alpha=51)).coverage == pytest.approx(2 * 0.2)


def test_cut_sides_lie_where_the_frame_cut_and_face_outward(block) -> None:
    cutout = block(16, 32)
    cutout[:, :16, 3] = 0  # transparent on the left: nothing was cut there
    sides = sprite(cutout, TouchedBorders(left=True, bottom=True)).cut_sides
    assert sides.points.shape == (8, 2)  # the left side is transparent, only the bottom is left
    assert (sides.points[:, 1] == 16).all()
    assert sides.normals.tolist() == [[0, 1]] * 8
    assert sides.alpha.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_cutout_that_touched_nothing_has_no_cut_sides(block) -> None:
    assert len(sprite(block(4, 4)).cut_sides.points) == 0
