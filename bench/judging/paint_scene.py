"""The only place in bench/ where a scene becomes a picture."""

from dataclasses import dataclass

import torch
from collage.v1.scene_pb2 import Scene
from torch import Tensor

from inference.composition.compositor import canvas_width, render
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.sprites import SpriteSet

# The short side of every canvas that is judged, ours and theirs: the article's 224 pixels.
SHORT_SIDE = 224


@dataclass(frozen=True)
class PaintedScene:
    """A scene's picture and what is seen of its L layers, no gradient."""

    picture: Tensor  # (3, H, W) sRGB in [0, 1]
    areas: Tensor  # (L,) px², what each layer would cover alone on an endless canvas
    painted_areas: Tensor  # (L,) the same on the canvas
    visible_areas: Tensor  # (L,) the same of what no other layer hides


@torch.no_grad()
def paint_scene(scene: Scene, sprites: SpriteSet, short_side: int = SHORT_SIDE) -> PaintedScene:
    """Paints a scene with the product's compositor.

    Convention: areas are alpha summed over canvas pixels, so a half transparent pixel counts half.
    """
    aspect = scene.aspect_ratio
    height = short_side if aspect >= 1 else round(short_side / aspect)
    tensors = scene_to_tensors(scene)
    painting = render(tensors, sprites, height, canvas_width(aspect, height))
    coverage = torch.tensor([sprite.coverage for sprite in sprites.of(tensors.digests)])
    areas = coverage * (tensors.heights * height) ** 2 * tensors.opacities
    return PaintedScene(
        painting.picture.clamp(0, 1), areas, painting.painted_areas.double(), painting.visible_areas.double()
    )
