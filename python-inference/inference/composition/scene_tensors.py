"""A proto Scene as tensors that Adam can move, and back, without touching what is not moved."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

import torch
from collage.v1 import composition_service_pb2 as composition
from collage.v1 import scene_pb2 as pb
from torch import Tensor

from inference.errors import SceneInvalid

MAX_LAYERS = 300
MAX_STOPS = 16
# A layer this many canvas heights away or tall is a mistake, and would overflow a pixel grid.
MAX_COORDINATE = 1000.0
MIN_HEIGHT = 1e-3

DIGEST = re.compile(r"[0-9a-f]{64}")

Parameter = composition.Parameter

# What may be climbed, and the field of SceneTensors that holds it. ORDER is searched, not climbed.
CLIMBABLE: dict[int, str] = {
    Parameter.PARAMETER_BACKGROUND_COLORS: "stop_colors",
    Parameter.PARAMETER_BACKGROUND_ANGLE: "background_angle",
    Parameter.PARAMETER_POSITION: "centers",
    Parameter.PARAMETER_HEIGHT: "heights",
    Parameter.PARAMETER_ROTATION: "rotations",
    Parameter.PARAMETER_OPACITY: "opacities",
    Parameter.PARAMETER_TINT: "tints",
}


@dataclass
class SceneTensors:
    """One scene with L layers and K stops; float64 on the CPU, so that doubles survive a round trip.

    Convention: units, axes and angles are those of scene.proto: canvas heights from the top left
    corner, y down, degrees clockwise as displayed, non-linear sRGB in [0, 1].
    """

    scene: pb.Scene  # as it came: the source of everything that is not climbed
    aspect_ratio: float
    digests: list[str]
    flipped: Tensor  # (L,) bool
    stop_offsets: Tensor  # (K,)
    stop_colors: Tensor  # (K, 3)
    background_angle: Tensor  # ()
    centers: Tensor  # (L, 2) x, y
    heights: Tensor  # (L,)
    rotations: Tensor  # (L,)
    opacities: Tensor  # (L,)
    tints: Tensor  # (L, 3), ones where the scene has none

    @property
    def layer_count(self) -> int:
        return len(self.digests)

    def has_background_of(self, other: "SceneTensors") -> bool:
        """Whether both backgrounds are the same numbers."""
        return all(
            torch.equal(getattr(self, field), getattr(other, field))
            for field in ("stop_offsets", "stop_colors", "background_angle")
        )


def scene_to_tensors(scene: pb.Scene, field: str = "scene") -> SceneTensors:
    """The tensors of a scene; raises SceneInvalid naming the first field that breaks scene.proto."""
    validate_scene(scene, field)
    layers = scene.layers
    offsets, colors = stop_tensors(scene.background)
    return SceneTensors(
        scene=scene,
        aspect_ratio=scene.aspect_ratio,
        digests=[layer.cutout_digest for layer in layers],
        flipped=torch.tensor([layer.flipped for layer in layers], dtype=torch.bool),
        stop_offsets=offsets,
        stop_colors=colors,
        background_angle=_doubles(scene.background.angle_degrees),
        centers=_doubles([(at.placement.center_x, at.placement.center_y) for at in layers]).reshape(-1, 2),
        heights=_doubles([layer.placement.height for layer in layers]),
        rotations=_doubles([layer.placement.rotation_degrees for layer in layers]),
        opacities=_doubles([layer.opacity for layer in layers]),
        tints=_doubles(
            [_rgb(layer.tint) if layer.HasField("tint") else (1.0, 1.0, 1.0) for layer in layers]
        ).reshape(-1, 3),
    )


def stop_tensors(gradient: pb.Gradient) -> tuple[Tensor, Tensor]:
    """Offsets (K,) and colors (K, 3) of a gradient's stops."""
    offsets = _doubles([stop.offset for stop in gradient.stops])
    return offsets, _doubles([_rgb(stop.color) for stop in gradient.stops])


def tensors_to_scene(tensors: SceneTensors, parameters: Collection[int]) -> pb.Scene:
    """The scene with the named parameters as they are now; every other bit is as it came."""
    scene = pb.Scene()
    scene.CopyFrom(tensors.scene)
    values = {parameter: getattr(tensors, CLIMBABLE[parameter]).tolist() for parameter in parameters}
    if Parameter.PARAMETER_BACKGROUND_ANGLE in values:
        scene.background.angle_degrees = values[Parameter.PARAMETER_BACKGROUND_ANGLE]
    for stop, rgb in zip(
        scene.background.stops, values.get(Parameter.PARAMETER_BACKGROUND_COLORS, []), strict=False
    ):
        _write_rgb(stop.color, rgb)
    for index, layer in enumerate(scene.layers):
        if Parameter.PARAMETER_POSITION in values:
            layer.placement.center_x, layer.placement.center_y = values[Parameter.PARAMETER_POSITION][index]
        if Parameter.PARAMETER_HEIGHT in values:
            layer.placement.height = values[Parameter.PARAMETER_HEIGHT][index]
        if Parameter.PARAMETER_ROTATION in values:
            layer.placement.rotation_degrees = values[Parameter.PARAMETER_ROTATION][index]
        if Parameter.PARAMETER_OPACITY in values:
            layer.opacity = values[Parameter.PARAMETER_OPACITY][index]
        if Parameter.PARAMETER_TINT in values:
            _write_rgb(layer.tint, values[Parameter.PARAMETER_TINT][index])
    return scene


def validate_scene(scene: pb.Scene, field: str = "scene") -> None:
    """Raises SceneInvalid, naming the field, unless the scene keeps every bound of scene.proto."""
    _check_range(f"{field}.aspect_ratio", scene.aspect_ratio, 0.1, 10)
    validate_gradient(scene.background, f"{field}.background")
    if len(scene.layers) > MAX_LAYERS:
        raise SceneInvalid(
            f"Expected at most {MAX_LAYERS} layers for {field}.layers but received {len(scene.layers)}"
        )
    for index, layer in enumerate(scene.layers):
        at = f"{field}.layers[{index}]"
        if not DIGEST.fullmatch(layer.cutout_digest):
            raise SceneInvalid(
                f"Expected 64 lower-case hex digits for {at}.cutout_digest "
                f"but received '{layer.cutout_digest[:80]}'"
            )
        place = layer.placement
        _check_range(f"{at}.placement.center_x", place.center_x, -MAX_COORDINATE, MAX_COORDINATE)
        _check_range(f"{at}.placement.center_y", place.center_y, -MAX_COORDINATE, MAX_COORDINATE)
        _check_range(f"{at}.placement.height", place.height, MIN_HEIGHT, MAX_COORDINATE)
        _check_finite(f"{at}.placement.rotation_degrees", place.rotation_degrees)
        _check_range(f"{at}.opacity", layer.opacity, 0, 1)
        if layer.HasField("tint"):
            _check_color(f"{at}.tint", layer.tint)


def validate_gradient(gradient: pb.Gradient, field: str) -> None:
    """Raises SceneInvalid, naming the field, unless the gradient keeps every bound of scene.proto."""
    _check_finite(f"{field}.angle_degrees", gradient.angle_degrees)
    if not 1 <= len(gradient.stops) <= MAX_STOPS:
        raise SceneInvalid(
            f"Expected 1 to {MAX_STOPS} stops for {field}.stops but received {len(gradient.stops)}"
        )
    previous = 0.0
    for index, stop in enumerate(gradient.stops):
        at = f"{field}.stops[{index}]"
        _check_range(f"{at}.offset", stop.offset, 0, 1)
        if stop.offset < previous:
            raise SceneInvalid(f"Expected at least {previous} for {at}.offset but received {stop.offset}")
        previous = stop.offset
        _check_color(f"{at}.color", stop.color)


def _check_color(field: str, color: pb.Color) -> None:
    for name, value in zip(("red", "green", "blue"), _rgb(color), strict=True):
        _check_range(f"{field}.{name}", value, 0, 1)


def _check_finite(field: str, value: float) -> None:
    if not math.isfinite(value):
        raise SceneInvalid(f"Expected a finite number for {field} but received {value:g}")


def _check_range(field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # NaN fails both
        raise SceneInvalid(f"Expected a number from {low:g} to {high:g} for {field} but received {value:g}")


def _rgb(color: pb.Color) -> tuple[float, float, float]:
    return color.red, color.green, color.blue


def _write_rgb(color: pb.Color, rgb: list[float]) -> None:
    color.red, color.green, color.blue = rgb


def _doubles(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)
