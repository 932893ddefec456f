"""What anyone would get without looking: the random layouts that a lift is measured from."""

import math
import random

from collage.v1.scene_pb2 import Color, Gradient, Layer, Placement, Scene

from judging.cutouts import FoundCutouts

# Bump when a change makes other pictures: kept references depend on it.
VERSION = 1
LAYOUT_COUNT = 100
MID_GREY = 0.5


def reference_layouts(cutouts: FoundCutouts, aspect_ratio: float) -> list[Scene]:
    """100 scenes of all the cut-outs on mid-grey, the same ones whenever and for whomever they are made.

    All boxes are equally large and would together cover the canvas once. Places are uniform, such that the
    box stays inside; one larger than the canvas is centered. Painting order is random; nothing is rotated.

    Convention: canvas heights from the top left corner, x right, y down.
    """
    box_area = aspect_ratio / len(cutouts.digests)
    scenes = []
    for index in range(LAYOUT_COUNT):
        draw = random.Random(f"reference layout {index}")
        layers = []
        for digest, (width, height) in zip(cutouts.digests, cutouts.sizes, strict=True):
            tall = math.sqrt(box_area * height / width)
            wide = box_area / tall
            place = Placement(
                center_x=_inside(draw, wide, aspect_ratio), center_y=_inside(draw, tall, 1.0), height=tall
            )
            layers.append(Layer(cutout_digest=digest, placement=place, opacity=1))
        draw.shuffle(layers)
        grey = Gradient.Stop(offset=0, color=Color(red=MID_GREY, green=MID_GREY, blue=MID_GREY))
        scenes.append(Scene(aspect_ratio=aspect_ratio, background=Gradient(stops=[grey]), layers=layers))
    return scenes


def _inside(draw: random.Random, size: float, canvas: float) -> float:
    """A center such that `size` lies within 0 to `canvas`; one draw, whatever the sizes."""
    share = draw.random()
    return size / 2 + share * (canvas - size) if size < canvas else canvas / 2
