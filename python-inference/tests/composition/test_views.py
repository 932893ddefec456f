"""What the perceptor is shown: the whole canvas and antithetic crops."""

import pytest
import torch

from inference.composition.views import canvas_size, take_upright_views, take_views, view_quads


def test_the_first_view_of_a_square_canvas_is_the_canvas() -> None:
    picture = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))
    (view,) = take_views(picture[None], view_quads(32, 32, 1, 0, 0), 32)
    torch.testing.assert_close(view, picture, atol=1e-5, rtol=0)


def test_the_first_view_squashes_a_wide_canvas() -> None:
    ramp = (torch.arange(64.0) + 0.5).expand(3, 32, 64)
    (view,) = take_views(ramp[None], view_quads(32, 64, 1, 0, 0), 32)
    torch.testing.assert_close(view[0, 7], 2 * (torch.arange(32.0) + 0.5), atol=1e-3, rtol=0)


def test_crops_are_square_and_inside_the_canvas() -> None:
    for step in range(20):
        quads = view_quads(32, 64, 8, 1, step)[1:]
        sides = quads.amax(1) - quads.amin(1)
        torch.testing.assert_close(sides[:, 0], sides[:, 1])
        assert (quads >= -1e-4).all() and (quads[..., 0] <= 64.001).all() and (quads[..., 1] <= 32.001).all()


def test_crops_come_in_opposite_pairs_of_which_the_second_is_mirrored() -> None:
    there, opposite = view_quads(32, 64, 3, 1, 5)[1:]
    torch.testing.assert_close(there.mean(0) + opposite.mean(0), torch.tensor([64.0, 32.0]))
    assert there[0, 0] < there[1, 0]
    assert opposite[0, 0] > opposite[1, 0]


@pytest.mark.parametrize("view_count", [2, 3, 4, 8])
def test_one_view_at_least_is_mirrored(view_count: int) -> None:
    crops = view_quads(32, 64, view_count, 1, 5)[1:]
    assert len(crops) == view_count - 1
    mirrored = [bool(crop[0, 0] > crop[1, 0]) for crop in crops]
    assert sum(mirrored) == (len(crops) + 1) // 2


def test_a_mirrored_crop_shows_the_canvas_mirrored() -> None:
    ramp = (torch.arange(64.0) + 0.5).expand(3, 32, 64)
    _, there, opposite = take_views(ramp[None], view_quads(32, 64, 3, 1, 5), 32)
    assert (there[0, 0].diff() > 0).all()
    assert (opposite[0, 0].diff() < 0).all()


def test_draws_depend_on_seed_and_step_alone() -> None:
    torch.manual_seed(1)
    first = view_quads(32, 64, 4, 7, 3)
    torch.manual_seed(2)
    assert torch.equal(first, view_quads(32, 64, 4, 7, 3))
    assert not torch.equal(first, view_quads(32, 64, 4, 7, 4))
    assert not torch.equal(first, view_quads(32, 64, 4, 8, 3))


@pytest.mark.parametrize("seed", [-(2**31), -1, 2**31 - 1])
def test_any_int32_seeds(seed: int) -> None:
    assert view_quads(32, 32, 4, seed, 10_000).isfinite().all()


@pytest.mark.parametrize(
    ("aspect_ratio", "size"),
    [(1.0, (32, 32)), (1.5, (32, 48)), (0.5, (64, 32)), (10.0, (6, 60)), (0.1, (64, 6))],
)
def test_the_short_side_is_the_views_unless_the_squash_would_skip_pixels(aspect_ratio, size) -> None:
    assert canvas_size(aspect_ratio, 32) == size


def test_gradients_reach_the_canvas_through_every_view() -> None:
    picture = torch.rand(3, 32, 48, requires_grad=True)
    views = take_views(picture[None], view_quads(32, 48, 4, 0, 0), 32)
    for view in views:
        (gradient,) = torch.autograd.grad(view.sum(), picture, retain_graph=True)
        assert gradient.abs().sum() > 0


def test_the_views_of_several_pictures_are_those_of_each() -> None:
    pictures = torch.rand(3, 3, 32, 48, generator=torch.Generator().manual_seed(0))
    quads = view_quads(32, 48, 3, 0, 0)
    each = torch.cat([take_views(picture[None], quads, 32) for picture in pictures])
    assert torch.equal(take_views(pictures, quads, 32), each)


@pytest.mark.parametrize(("height", "width"), [(32, 48), (64, 32), (6, 60)])
def test_the_two_products_that_a_gpu_makes_are_kornias_warp_and_its_gradient(height: int, width: int) -> None:
    generator = torch.Generator().manual_seed(0)
    pictures = torch.rand(2, 3, height, width, generator=generator, requires_grad=True)
    quads = view_quads(height, width, 4, 1, 5)
    weights = torch.rand(8, 3, 32, 32, generator=generator)
    warped, multiplied = (take(pictures, quads, 32) for take in (take_views, take_upright_views))
    torch.testing.assert_close(multiplied, warped, atol=5e-5, rtol=0)
    ours, kornias = (
        torch.autograd.grad((views * weights).sum(), pictures)[0] for views in (multiplied, warped)
    )
    torch.testing.assert_close(ours, kornias, atol=5e-4, rtol=0)
