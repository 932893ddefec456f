"""The differentiable heart: a scene and its cut-outs become a picture.

One affine sample per layer, over the box of canvas pixels it touches. Boxes and shrunken levels are
whole numbers and take no part in the gradient; the sampling grid carries all of it, so a box that
is a pixel larger changes neither the picture nor the gradient.
"""

import math
from collections.abc import Sequence

import torch
from kornia.geometry.linalg import transform_points
from kornia.geometry.transform import invert_affine_transform
from torch import Tensor
from torch.nn import functional as F

from inference.composition.gradient import paint_gradient
from inference.composition.painting import Box, Painting, paint_over
from inference.composition.placement import cutout_to_canvas, placements_of
from inference.composition.scene_tensors import SceneTensors
from inference.composition.sprites import Sprite, SpriteSet, level_for_scale


def canvas_width(aspect_ratio: float, height: int) -> int:
    """Width in whole pixels of a canvas `height` pixels high; halves round up, as Math.round does."""
    return max(1, math.floor(height * aspect_ratio + 0.5))


def render(scene: SceneTensors, sprites: SpriteSet, height: int, width: int) -> Painting:
    """`render_scenes` of one."""
    return render_scenes([scene], sprites, height, width)[0]


def render_scenes(
    scenes: Sequence[SceneTensors], sprites: SpriteSet, height: int, width: int
) -> list[Painting]:
    """Renders scenes, each on a canvas of height x width pixels; 1 canvas height is `height` pixels.

    Differentiable in every Parameter but ORDER and FLIP. Pictures have the sprites' dtype and device;
    places are computed in float64 and sampled in float32 at least, whatever that dtype is: bfloat16
    counts pixels only to 256. Raises UnknownCutout for cut-outs that `sprites` lacks.

    Convention: pixel centers lie at half coordinates. Sampling is bilinear with transparency
    outside, so edges fade within half a pixel; colors are premultiplied and blended in non-linear sRGB.
    """
    layers = [sprite for scene in scenes for sprite in sprites.of(scene.digests)]
    boxes, patches = _patches(scenes, layers, sprites, height, width)
    paintings: list[Painting] = []
    start = 0
    for index, scene in enumerate(scenes):
        end = start + scene.layer_count
        if index == 0 or not scene.has_background_of(scenes[index - 1]):
            background = _background(scene, sprites, height, width)  # (3, H, W)
        paintings.append(paint_over(background, boxes[start:end], patches[start:end]))
        start = end
    return paintings


def _background(scene: SceneTensors, sprites: SpriteSet, height: int, width: int) -> Tensor:
    exact = torch.promote_types(sprites.dtype, torch.float32)
    return paint_gradient(
        scene.stop_offsets.to(sprites.device, exact),
        scene.stop_colors.to(sprites.device, exact),
        scene.background_angle.to(sprites.device, exact),
        height,
        width,
    ).to(sprites.dtype)


def _patches(
    scenes: Sequence[SceneTensors], layers: Sequence[Sprite], sprites: SpriteSet, height: int, width: int
) -> tuple[list[Box], list[Tensor]]:
    """What each layer of all scenes paints: where, and premultiplied (4, h, w)."""
    if not layers:
        return [], []
    places = placements_of(scenes)
    levels = [
        level_for_scale(layer_height * height / sprite.height)
        for layer_height, sprite in zip(places.heights.tolist(), layers, strict=True)
    ]
    to_canvas = cutout_to_canvas(places, layers, height)  # (N, 3, 3)
    boxes = _boxes(to_canvas.detach(), layers, levels, height, width)
    exact = torch.promote_types(sprites.dtype, torch.float32)
    across, down = _level_places(to_canvas, layers, levels, height, width)
    patches = [
        _sample(sprite.level(level), along_x, along_y, box)
        for sprite, level, along_x, along_y, box in zip(
            layers,
            levels,
            across.to(sprites.device, exact).unbind(),
            down.to(sprites.device, exact).unbind(),
            boxes,
            strict=True,
        )
    ]
    factors = _factors(scenes)
    if factors is not None:
        factors = factors.to(sprites.device, exact)[:, :, None, None]  # (N, 4, 1, 1)
        patches = [patch * factor for patch, factor in zip(patches, factors.unbind(), strict=True)]
    if sprites.dtype != exact:
        patches = [patch.to(sprites.dtype) for patch in patches]
    return boxes, patches


def _factors(scenes: Sequence[SceneTensors]) -> Tensor | None:
    """(N, 4) what colors and alpha of each layer are multiplied by; None where that changes nothing."""
    tints = torch.cat([scene.tints for scene in scenes])  # (N, 3)
    opacities = torch.cat([scene.opacities for scene in scenes])  # (N,)
    if not (tints.requires_grad or opacities.requires_grad) and bool(
        (tints == 1).all() and (opacities == 1).all()
    ):
        return None
    return torch.cat([tints, torch.ones_like(tints[:, :1])], 1) * opacities[:, None]


def to_pixels(picture: Tensor) -> Tensor:
    """(H, W, 3) uint8 of a (3, H, W) picture in [0, 1]; halves round up, as Math.round does."""
    rounded = (picture.detach() * 255 + 0.5).floor().clamp(0, 255).to(torch.uint8)
    return rounded.permute(1, 2, 0).contiguous().cpu()


def _sample(level: Tensor, across: Tensor, down: Tensor, box: Box) -> Tensor:
    """(4, h, w): a sprite's level seen through a box, zero outside.

    `across` (W, 2) and `down` (H, 2) add up to the place in the level of each canvas pixel.

    Convention: grid_sample's [-1, 1] from outer edge to outer edge (align_corners=False); it does not
    leave this file.
    """
    if box.width == 0 or box.height == 0:
        return level.new_zeros(4, box.height, box.width)
    grid = across[box.left : box.right] + down[box.top : box.bottom, None]  # (h, w, 2)
    return F.grid_sample(level[None], grid[None], "bilinear", "zeros", align_corners=False)[0]


def _boxes(
    to_canvas: Tensor, layers: Sequence[Sprite], levels: Sequence[int], height: int, width: int
) -> list[Box]:
    """The canvas pixels that each layer may touch, half a level pixel of bilinear fade included."""
    corners = []
    for sprite, level in zip(layers, levels, strict=True):
        _, level_height, level_width = sprite.level(level).shape
        fade = 0.5 * 2**level
        right, bottom = level_width * 2**level + fade, level_height * 2**level + fade
        corners.append([(-fade, -fade), (right, -fade), (right, bottom), (-fade, bottom)])
    on_canvas = transform_points(to_canvas, torch.tensor(corners, dtype=to_canvas.dtype))  # (N, 4, 2)
    limits = torch.tensor([width, height], dtype=to_canvas.dtype)
    low = on_canvas.amin(1).floor().clamp_min(0).minimum(limits)  # (N, 2)
    high = on_canvas.amax(1).ceil().minimum(limits).maximum(low)
    return [Box(*box) for box in torch.cat([low, high], 1).long().tolist()]


def _level_places(
    to_canvas: Tensor, layers: Sequence[Sprite], levels: Sequence[int], height: int, width: int
) -> tuple[Tensor, Tensor]:
    """(N, W, 2) and (N, H, 2): what a canvas pixel's column and row add to its place in [-1, 1] of a level.

    An affine map is a sum of a part of x and a part of y: for all layers at once that costs nothing, and
    each layer's grid is then one addition over its box.
    """
    spans = [
        (sprite.level(level).shape[2] * 2**level, sprite.level(level).shape[1] * 2**level)
        for sprite, level in zip(layers, levels, strict=True)
    ]
    scale = 2 / torch.tensor(spans, dtype=to_canvas.dtype)[:, None]  # (N, 1, 2) per cut-out px
    to_cutout = invert_affine_transform(to_canvas[:, :2])  # (N, 2, 3)
    xs = torch.arange(width, dtype=to_canvas.dtype)[:, None] + 0.5  # (W, 1)
    ys = torch.arange(height, dtype=to_canvas.dtype)[:, None] + 0.5  # (H, 1)
    across = xs * (scale * to_cutout[:, None, :, 0])  # (N, W, 2)
    down = ys * (scale * to_cutout[:, None, :, 1]) + (scale * to_cutout[:, None, :, 2] - 1)  # (N, H, 2)
    return across, down
