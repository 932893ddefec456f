"""Pixels that can be computed by hand, conventions pinned, Kornia's full-canvas warp, gradients."""

import math
from collections.abc import Callable

import pytest
import torch
from collage.v1.scene_pb2 import Color, Scene
from kornia.geometry.transform import warp_affine
from torch import Tensor

from inference.composition.compositor import canvas_width, render, render_scenes, to_pixels
from inference.composition.gradient import paint_gradient
from inference.composition.placement import cutout_to_canvas, placements_of
from inference.composition.scene_tensors import CLIMBABLE, Parameter, SceneTensors, scene_to_tensors
from inference.composition.sprites import SpriteSet
from inference.errors import UnknownCutout
from tests.device import DEVICE

SIZE = 40
RED = torch.tensor([1.0, 0.0, 0.0])


def picture(scene: Scene, sprites: SpriteSet, height: int = SIZE, width: int = SIZE) -> Tensor:
    return render(scene_to_tensors(scene), sprites, height, width).picture.cpu()


def background(scene: Scene, height: int = SIZE, width: int = SIZE) -> Tensor:
    bare = Scene()
    bare.CopyFrom(scene)
    del bare.layers[:]
    return picture(bare, SpriteSet({}, torch.float32, DEVICE), height, width)


def test_a_square_covers_exactly_its_pixels(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5, 0.25, 0.25))  # 10 px high: columns 15 to 24, rows 5 to 14
    rendered = picture(scene, sprite_set(block(10, 10)))
    expected = background(scene)
    expected[:, 5:15, 15:25] = RED[:, None, None]
    torch.testing.assert_close(rendered, expected, atol=1e-5, rtol=0)


def test_a_quarter_pixel_shift_blends_the_edges_exactly(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5 + 0.25 / SIZE, 0.25, 0.25))
    rendered, bare = picture(scene, sprite_set(block(10, 10))), background(scene)
    torch.testing.assert_close(rendered[:, 9, 15], 0.75 * RED + 0.25 * bare[:, 9, 15], atol=1e-5, rtol=0)
    torch.testing.assert_close(rendered[:, 9, 25], 0.25 * RED + 0.75 * bare[:, 9, 25], atol=1e-5, rtol=0)
    torch.testing.assert_close(rendered[:, 9, 20], RED, atol=1e-5, rtol=0)


def test_the_last_layer_is_on_top(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5, 0.5, 0.25), (0.5, 0.5, 0.125))
    rendered = picture(scene, sprite_set(block(10, 10), block(5, 5, 0, 0, 255)))
    torch.testing.assert_close(rendered[:, 20, 20], torch.tensor([0.0, 0.0, 1.0]), atol=1e-5, rtol=0)
    torch.testing.assert_close(rendered[:, 16, 16], RED, atol=1e-5, rtol=0)


def test_opacity_and_straight_alpha_multiply(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5, 0.5, 0.25))
    scene.layers[0].opacity = 0.5
    rendered = picture(scene, sprite_set(block(10, 10, alpha=51)))  # 51 / 255 = 0.2
    expected = 0.1 * RED + 0.9 * background(scene)[:, 20, 20]
    torch.testing.assert_close(rendered[:, 20, 20], expected, atol=1e-5, rtol=0)


def test_tint_multiplies_color_and_leaves_alpha(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5, 0.5, 0.25))
    scene.layers[0].tint.CopyFrom(Color(red=0.5, green=0.25, blue=0))
    rendered = picture(scene, sprite_set(block(10, 10, 255, 255, 255)))
    torch.testing.assert_close(rendered[:, 20, 20], torch.tensor([0.5, 0.25, 0]), atol=1e-5, rtol=0)


def test_transparent_pixels_lend_no_color_to_their_neighbors(make_scene, block, sprite_set) -> None:
    cutout = block(10, 10, 255, 255, 255)
    cutout[:, :5] = torch.tensor([0, 0, 0, 0], dtype=torch.uint8)
    scene = make_scene((0.5 + 0.5 / SIZE, 0.5, 0.25))  # half a pixel: the edge column is half covered
    rendered, bare = picture(scene, sprite_set(cutout)), background(scene)
    torch.testing.assert_close(rendered[:, 20, 20], 0.5 + 0.5 * bare[:, 20, 20], atol=1e-5, rtol=0)


def test_off_canvas_leaves_the_background_bit_for_bit(make_scene, block, sprite_set) -> None:
    scene = make_scene((3.0, 0.5, 0.25), (-0.5, -0.5, 0.25))
    assert torch.equal(picture(scene, sprite_set(block(10, 10), block(10, 10))), background(scene))


def test_a_layer_without_a_cutout_is_an_error_that_names_it(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5, 0.5, 0.25), (0.5, 0.5, 0.25))
    with pytest.raises(UnknownCutout) as error:
        picture(scene, sprite_set(block(10, 10)))
    assert error.value.metadata["digests"] == scene.layers[1].cutout_digest


def quarters(block: Callable) -> Tensor:
    """Red top left, green top right, blue bottom left, white bottom right."""
    cutout = block(10, 10, 255, 255, 255)
    cutout[:5, :5, 1:3] = 0
    cutout[:5, 5:, 0:3:2] = 0
    cutout[5:, :5, 0:2] = 0
    return cutout


CORNERS = {"top left": (17, 17), "top right": (17, 22), "bottom left": (22, 17), "bottom right": (22, 22)}
COLORS = {"red": [1, 0, 0], "green": [0, 1, 0], "blue": [0, 0, 1], "white": [1, 1, 1]}


@pytest.mark.parametrize(
    ("flipped", "rotation", "colors"),
    [
        (False, 0, ["red", "green", "blue", "white"]),
        (False, 90, ["blue", "red", "white", "green"]),
        (True, 0, ["green", "red", "white", "blue"]),
        (True, 90, ["white", "green", "blue", "red"]),
    ],
    ids=["as_cut", "convention_clockwise", "convention_mirror_left_right", "convention_mirror_then_rotate"],
)
def test_convention_of_corners(make_scene, block, sprite_set, flipped, rotation, colors) -> None:
    scene = make_scene((0.5, 0.5, 0.25))
    scene.layers[0].flipped = flipped
    scene.layers[0].placement.rotation_degrees = rotation
    rendered = picture(scene, sprite_set(quarters(block)))
    for (corner, (row, column)), color in zip(CORNERS.items(), colors, strict=True):
        expected = torch.tensor(COLORS[color], dtype=torch.float32)
        torch.testing.assert_close(rendered[:, row, column], expected, atol=1e-4, rtol=0, msg=corner)


def test_convention_canvas_height_is_the_unit_on_both_axes(make_scene, block, sprite_set) -> None:
    scene = make_scene((1.0, 0.5, 0.5), aspect_ratio=2)
    rendered = picture(scene, sprite_set(block(10, 10)), 20, 40)
    covered = rendered[0] > 0.9
    assert covered[5:15, 15:25].all() and covered.sum() == 100


@pytest.mark.parametrize(("angle", "row", "column"), [(0, 0, 5), (90, 5, 9), (180, 9, 5), (270, 5, 0)])
def test_convention_gradient_starts_at(angle: float, row: int, column: int) -> None:
    offsets, colors = torch.tensor([0.0, 1.0]), torch.tensor([[1.0, 0, 0], [0, 0, 1.0]])
    painted = paint_gradient(offsets, colors, torch.tensor(float(angle)), 10, 10)
    torch.testing.assert_close(painted[:, row, column], torch.tensor([0.95, 0, 0.05]), atol=1e-5, rtol=0)


def test_an_angled_gradient_reaches_from_corner_to_corner() -> None:
    offsets, colors = torch.tensor([0.0, 1.0]).double(), torch.tensor([[0.0] * 3, [1.0] * 3]).double()
    painted = paint_gradient(offsets, colors, torch.tensor(30.0).double(), 60, 90)
    length = 90 * math.sin(math.pi / 6) + 60 * math.cos(math.pi / 6)
    half_pixel = 0.5 * (math.sin(math.pi / 6) + math.cos(math.pi / 6)) / length
    assert painted[0, 0, -1].item() == pytest.approx(half_pixel)
    assert painted[0, -1, 0].item() == pytest.approx(1 - half_pixel)


def test_a_hard_stop_takes_the_later_color() -> None:
    offsets = torch.tensor([0.0, 0.5, 0.5, 1.0])
    colors = torch.tensor([[0.0], [0.0], [1.0], [1.0]]).expand(4, 3)
    column = paint_gradient(offsets, colors, torch.tensor(0.0), 5, 1)[0, :, 0]
    assert column.tolist() == [0, 0, 1, 1, 1]  # the third pixel's center lies on the stop


@pytest.mark.parametrize(("aspect_ratio", "width"), [(1.5, 150), (0.1, 10), (0.005, 1), (0.125, 13)])
def test_canvas_width_rounds_halves_up(aspect_ratio: float, width: int) -> None:
    assert canvas_width(aspect_ratio, 100) == width


def test_pixels_round_halves_up() -> None:
    assert to_pixels(torch.full((3, 1, 1), 0.5)).flatten().tolist() == [128, 128, 128]


def random_scene(make_scene: Callable, count: int) -> Scene:
    """Layers all over, some over the edge; heights between whole mip levels."""
    generator = torch.Generator().manual_seed(3)
    places = torch.rand(count, 3, generator=generator) * torch.tensor([1.2, 1.0, 0.4]) + torch.tensor(
        [0.0, 0.0, 0.37]
    )
    scene = make_scene(*places.tolist(), aspect_ratio=1.2)
    scene.background.angle_degrees = 23
    for index, stop in enumerate(scene.background.stops):
        stop.color.CopyFrom(Color(red=0.2 + 0.2 * index, green=0.5, blue=0.7 - 0.2 * index))
    for index, layer in enumerate(scene.layers):
        layer.placement.rotation_degrees = 17.0 * index - 30
        layer.opacity = 0.9 - 0.1 * index
        layer.tint.CopyFrom(Color(red=0.9, green=0.8, blue=0.7))
        layer.flipped = index % 2 == 0
    return scene


def test_agrees_with_kornia_warping_the_whole_canvas(make_scene, blobs, sprite_set) -> None:
    height, width = 64, 77
    sprites = sprite_set(*blobs(4), dtype=torch.float64)
    scene = scene_to_tensors(random_scene(make_scene, 4))
    expected = render(scene_to_tensors(random_scene(make_scene, 0)), sprites, height, width).picture.cpu()
    matrices = cutout_to_canvas(placements_of([scene]), sprites.of(scene.digests), height)
    # Kornia counts pixel centers from 0, we count outer edges: half a pixel on both sides.
    half = torch.eye(3, dtype=torch.float64)
    half[:2, 2] = 0.5
    for index, sprite in enumerate(sprites.of(scene.digests)):
        matrix = (torch.linalg.inv(half) @ matrices[index] @ half)[None, :2]
        whole = sprite.premultiplied[None].cpu()
        warped = warp_affine(whole, matrix, (height, width), align_corners=False)[0]
        warped = warped * scene.opacities[index]
        color = warped[:3] * scene.tints[index, :, None, None]
        expected = color + (1 - warped[3:]) * expected
    rendered = render(scene, sprites, height, width).picture.cpu()
    torch.testing.assert_close(rendered, expected, atol=1e-9, rtol=0)


def test_areas_count_what_is_painted_and_what_is_seen(make_scene, block, sprite_set) -> None:
    scene = make_scene((0.5, 0.5, 0.5), (0.5, 0.5, 0.25), (0.0, 0.5, 0.25))
    painting = render(
        scene_to_tensors(scene), sprite_set(block(20, 20), block(10, 10), block(10, 10)), SIZE, SIZE
    )
    torch.testing.assert_close(painting.painted_areas.cpu(), torch.tensor([400.0, 100.0, 50.0]))
    torch.testing.assert_close(painting.visible_areas.cpu(), torch.tensor([300.0, 100.0, 50.0]))


@pytest.mark.parametrize("parameter", sorted(CLIMBABLE), ids=lambda value: Parameter.Name(value).lower())
def test_gradcheck(parameter: int, make_scene: Callable, blobs: Callable, sprite_set: Callable) -> None:
    sprites = sprite_set(*blobs(3), dtype=torch.float64)
    scene = random_scene(make_scene, 3)

    def areas_and_pixels(value: Tensor) -> Tensor:
        tensors: SceneTensors = scene_to_tensors(scene)
        setattr(tensors, CLIMBABLE[parameter], value)
        painting = render(tensors, sprites, 24, 29)
        weights = torch.linspace(0.5, 1.5, painting.picture.numel(), dtype=torch.float64)
        probes = (painting.picture.flatten().cpu() * weights).reshape(3, -1).sum(1)
        return torch.cat([probes, painting.visible_areas.cpu(), painting.painted_areas.cpu()])

    value = getattr(scene_to_tensors(scene), CLIMBABLE[parameter]).clone().requires_grad_()
    # Bilinear sampling has kinks at pixel centers; a step of 1e-7 does not cross one here.
    assert torch.autograd.gradcheck(areas_and_pixels, value, eps=1e-7, atol=1e-4, rtol=1e-3)


def test_the_gradient_carries_position_into_a_box_clipped_to_whole_pixels(
    make_scene, block, sprite_set
) -> None:
    """A square moved right by a pixel: red leaves column 15 and comes to column 25, nothing else."""
    sprites = sprite_set(block(10, 10), dtype=torch.float64)
    tensors = scene_to_tensors(make_scene((0.5 + 0.25 / SIZE, 0.5, 0.25)))
    tensors.centers.requires_grad_()
    bare = background(tensors.scene)[0, 20, 0].item()
    red = render(tensors, sprites, SIZE, SIZE).picture[0, 20]
    (left,) = torch.autograd.grad(red[15], tensors.centers, retain_graph=True)
    (right,) = torch.autograd.grad(red[25], tensors.centers, retain_graph=True)
    assert left[0, 0].item() == pytest.approx(-SIZE * (1 - bare), rel=0.02)
    assert right[0, 0].item() == pytest.approx(SIZE * (1 - bare), rel=0.02)


def test_scenes_together_are_the_scenes_alone(make_scene, blobs, sprite_set) -> None:
    sprites = sprite_set(*blobs(4))
    scenes = [scene_to_tensors(random_scene(make_scene, count)) for count in (4, 0, 2)]
    scenes[2].stop_colors = scenes[2].stop_colors.flip(0)
    for together, scene in zip(render_scenes(scenes, sprites, 40, 48), scenes, strict=True):
        alone = render(scene, sprites, 40, 48)
        assert torch.equal(together.picture, alone.picture)
        assert torch.equal(together.visible_areas, alone.visible_areas)


def test_a_bfloat16_canvas_is_the_same_picture_within_its_precision(make_scene, blobs, sprite_set) -> None:
    scene = random_scene(make_scene, 4)
    exact = render(scene_to_tensors(scene), sprite_set(*blobs(4)), 64, 77)
    half = render(scene_to_tensors(scene), sprite_set(*blobs(4), dtype=torch.bfloat16), 64, 77)
    assert half.picture.dtype == torch.bfloat16
    # Half a step at 1 is 1 / 512, and four layers are blended.
    torch.testing.assert_close(half.picture.float(), exact.picture, atol=4 / 256, rtol=0)
    torch.testing.assert_close(half.visible_areas, exact.visible_areas, atol=0, rtol=0.01)


def test_gradients_through_a_bfloat16_canvas_point_the_same_way(make_scene, blobs, sprite_set) -> None:
    def gradient(dtype: torch.dtype) -> Tensor:
        scene = scene_to_tensors(random_scene(make_scene, 3))
        scene.centers.requires_grad_()
        picture = render(scene, sprite_set(*blobs(3), dtype=dtype), 64, 77).picture.float().cpu()
        target = torch.linspace(0, 1, 77).expand_as(picture)
        (found,) = torch.autograd.grad((picture - target).square().mean(), scene.centers)
        return found.flatten()

    likeness = torch.cosine_similarity(gradient(torch.float32), gradient(torch.bfloat16), dim=0)
    assert likeness > 0.99
