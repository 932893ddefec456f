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
from inference.composition.placement import cutout_to_canvas
from inference.composition.scene_tensors import SceneTensors
from inference.composition.sprites import Sprite, SpriteSet, level_for_scale


def canvas_width(aspect_ratio: float, height: int) -> int:
    """Width in whole pixels of a canvas `height` pixels high; halves round up, as Math.round does."""
    return max(1, math.floor(height * aspect_ratio + 0.5))


def render(scene: SceneTensors, sprites: SpriteSet, height: int, width: int) -> Painting:
    """Renders a scene on a canvas of height x width pixels; 1 canvas height is `height` pixels.

    Differentiable in every Parameter but ORDER. The picture has the sprites' dtype and device.
    Raises UnknownCutout for cut-outs that `sprites` lacks.

    Convention: pixel centers lie at half coordinates. Sampling is bilinear with transparency
    outside, so edges fade within half a pixel; colors are premultiplied and blended in non-linear sRGB.
    """
    device, dtype = sprites.device, sprites.dtype
    background = paint_gradient(
        scene.stop_offsets.to(device, dtype),
        scene.stop_colors.to(device, dtype),
        scene.background_angle.to(device, dtype),
        height,
        width,
    )  # (3, H, W)
    layers = sprites.of(scene.digests)
    if not layers:
        return paint_over(background, [], [])
    levels = [
        level_for_scale(layer_height * height / sprite.height)
        for layer_height, sprite in zip(scene.heights.tolist(), layers, strict=True)
    ]
    to_canvas = cutout_to_canvas(scene, layers, height)  # (L, 3, 3)
    boxes = _boxes(to_canvas.detach(), layers, levels, height, width)
    grids = _box_to_level(to_canvas, layers, levels, boxes).to(device, dtype)  # (L, 2, 3)
    factors = torch.cat([scene.tints, torch.ones_like(scene.tints[:, :1])], 1) * scene.opacities[:, None]
    factors = factors.to(device, dtype)[:, :, None, None]  # (L, 4, 1, 1)
    patches = [
        _sample(sprite.level(level), grid, box) * factor
        for sprite, level, grid, box, factor in zip(layers, levels, grids, boxes, factors, strict=True)
    ]
    return paint_over(background, boxes, patches)


def to_pixels(picture: Tensor) -> Tensor:
    """(H, W, 3) uint8 of a (3, H, W) picture in [0, 1]; halves round up, as Math.round does."""
    rounded = (picture.detach() * 255 + 0.5).floor().clamp(0, 255).to(torch.uint8)
    return rounded.permute(1, 2, 0).contiguous().cpu()


def _sample(level: Tensor, box_to_level: Tensor, box: Box) -> Tensor:
    """(4, h, w): a sprite's level seen through a box, zero outside.

    Convention: grid_sample's [-1, 1] from outer edge to outer edge (align_corners=False) on both
    sides; it does not leave this file.
    """
    if box.width == 0 or box.height == 0:
        return level.new_zeros(4, box.height, box.width)
    grid = F.affine_grid(box_to_level[None], [1, 4, box.height, box.width], align_corners=False)
    return F.grid_sample(level[None], grid, "bilinear", "zeros", align_corners=False)[0]


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
    on_canvas = transform_points(to_canvas, torch.tensor(corners, dtype=to_canvas.dtype))  # (L, 4, 2)
    limits = torch.tensor([width, height], dtype=to_canvas.dtype)
    low = on_canvas.amin(1).floor().clamp_min(0).minimum(limits)  # (L, 2)
    high = on_canvas.amax(1).ceil().minimum(limits).maximum(low)
    return [Box(*box) for box in torch.cat([low, high], 1).long().tolist()]


def _box_to_level(
    to_canvas: Tensor, layers: Sequence[Sprite], levels: Sequence[int], boxes: Sequence[Box]
) -> Tensor:
    """(L, 2, 3) matrices from [-1, 1] of the box to [-1, 1] of the level: what affine_grid takes."""
    spans = [
        (sprite.level(level).shape[2] * 2**level, sprite.level(level).shape[1] * 2**level)
        for sprite, level in zip(layers, levels, strict=True)
    ]
    level_spans = torch.tensor(spans, dtype=to_canvas.dtype)  # (L, 2) cut-out px
    box_spans = torch.tensor([(box.width, box.height) for box in boxes], dtype=to_canvas.dtype)
    box_corners = torch.tensor([(box.left, box.top) for box in boxes], dtype=to_canvas.dtype)
    to_box = torch.diag_embed(F.pad(box_spans / 2, (0, 1), value=1.0))  # (L, 3, 3)
    to_box[:, :2, 2] = box_corners + box_spans / 2
    normalize = torch.diag_embed(2 / level_spans)  # (L, 2, 2)
    to_level = normalize @ invert_affine_transform(to_canvas[:, :2]) @ to_box  # (L, 2, 3)
    return torch.cat([to_level[:, :, :2], to_level[:, :, 2:] - 1], 2)
