"""The way back: a scene's tensors as the message that people see, many times a second."""

from collections.abc import Collection, Sequence
from typing import Any

from collage.v1 import scene_pb2 as pb

from inference.composition.scene_tensors import CLIMBABLE, Parameter, SceneTensors, write_rgb

WHITE = [1.0, 1.0, 1.0]


def tensors_to_scene(
    tensors: SceneTensors, parameters: Collection[int], indices: Sequence[int] | None = None
) -> pb.Scene:
    """The scene with the named parameters as they are now; every other bit is as it came.

    Its layers are those with the given indices, in that order; None: all. Besides what is CLIMBABLE,
    FLIP may be named. A layer that came without a tint has none for as long as it is white.
    """
    layers = tensors.scene.layers
    chosen = range(len(layers)) if indices is None else indices
    scene = pb.Scene(aspect_ratio=tensors.scene.aspect_ratio, background=tensors.scene.background)
    scene.layers.extend([layers[index] for index in chosen])
    values = {name: getattr(tensors, CLIMBABLE[name]).tolist() for name in parameters if name in CLIMBABLE}
    _write_background(scene.background, values)
    centers = values.get(Parameter.PARAMETER_POSITION)
    heights = values.get(Parameter.PARAMETER_HEIGHT)
    rotations = values.get(Parameter.PARAMETER_ROTATION)
    opacities = values.get(Parameter.PARAMETER_OPACITY)
    tints = values.get(Parameter.PARAMETER_TINT)
    flips = tensors.flipped.tolist() if Parameter.PARAMETER_FLIP in parameters else None
    for index, layer in zip(chosen, scene.layers, strict=True):
        placement = layer.placement
        if centers:
            placement.center_x, placement.center_y = centers[index]
        if heights:
            placement.height = heights[index]
        if rotations:
            placement.rotation_degrees = rotations[index]
        if opacities:
            layer.opacity = opacities[index]
        if tints and (tints[index] != WHITE or layer.HasField("tint")):
            write_rgb(layer.tint, tints[index])
        if flips:
            layer.flipped = flips[index]
    return scene


def _write_background(background: pb.Gradient, values: dict[int, Any]) -> None:
    if Parameter.PARAMETER_BACKGROUND_ANGLE in values:
        background.angle_degrees = values[Parameter.PARAMETER_BACKGROUND_ANGLE]
    if Parameter.PARAMETER_BACKGROUND_COLORS in values:
        colors = values[Parameter.PARAMETER_BACKGROUND_COLORS]
        for stop, rgb in zip(background.stops, colors, strict=True):
            write_rgb(stop.color, rgb)
