"""What a lift is measured against: the same cut-outs, scattered without a thought."""

import math
from collections.abc import Sequence

import torch
from collage.v1.scene_pb2 import Color, Gradient, Layer, Placement, Scene

from inference.composition.sprites import SpriteSet

REFERENCE_COUNT = 100
# Share of the canvas that a cut-out's rectangle covers. The article's notebook gives a cut-out of
# 600 x 500 px, a usual one, 67 x 56 of 224 x 224 pixels: 0.075.
RECTANGLE_SHARE = 0.075
MID_GRAY = Color(red=0.5, green=0.5, blue=0.5)


def reference_layouts(
    digests: Sequence[str], sprites: SpriteSet, aspect_ratio: float, seed: int
) -> list[Scene]:
    """REFERENCE_COUNT scenes, one layer a digest; a function of the arguments alone.

    Centers are uniform where the whole cut-out stays on the canvas; where it is longer than the canvas,
    uniform where it covers the canvas from end to end. Sizes are fixed, painting order is drawn, nothing
    is rotated, mirrored, tinted or see-through, and the background is mid-grey: none of it is what a climb
    made of it, so two climbs of the same cut-outs, whatever their order, are measured against the same.

    Convention: canvas heights from the top left corner, as in scene.proto.
    """
    generator = torch.Generator().manual_seed(seed)
    ordered = sorted(digests)
    sizes = [_size(sprite.height, sprite.width, aspect_ratio) for sprite in sprites.of(ordered)]
    scenes = []
    for _ in range(REFERENCE_COUNT):
        order = torch.randperm(len(ordered), generator=generator).tolist()
        places = torch.rand(len(ordered), 2, generator=generator, dtype=torch.float64).tolist()
        scene = Scene(
            aspect_ratio=aspect_ratio, background=Gradient(stops=[Gradient.Stop(offset=0, color=MID_GRAY)])
        )
        for index, (across, down) in zip(order, places, strict=True):
            height, width = sizes[index]
            placement = Placement(
                center_x=_between(width / 2, aspect_ratio - width / 2, across),
                center_y=_between(height / 2, 1 - height / 2, down),
                height=height,
            )
            scene.layers.append(Layer(cutout_digest=ordered[index], placement=placement, opacity=1))
        scenes.append(scene)
    return scenes


def _size(height: int, width: int, aspect_ratio: float) -> tuple[float, float]:
    """(height, width) in canvas heights of a cut-out of height x width pixels."""
    tall = math.sqrt(RECTANGLE_SHARE * aspect_ratio * height / width)
    return tall, tall * width / height


def _between(low: float, high: float, share: float) -> float:
    return low + (high - low) * share
