"""A scene's way into tensors and back, and what is refused on the way."""

import math

import pytest
import torch
from collage.v1.scene_pb2 import Color, Scene

from inference.composition.scene_tensors import CLIMBABLE, Parameter, scene_to_tensors
from inference.composition.tensors_to_scene import tensors_to_scene
from inference.errors import SceneInvalid


@pytest.fixture
def scene(make_scene) -> Scene:
    scene = make_scene((0.1, 1 / 3, 0.7), (math.pi, -0.1, 1e-3))
    scene.layers[0].placement.rotation_degrees = 1e-17
    scene.layers[1].tint.CopyFrom(Color(red=0.1, green=0.2, blue=0.3))
    scene.layers[1].flipped = True
    return scene


def test_every_parameter_survives_the_round_trip_to_the_bit(scene) -> None:
    written = tensors_to_scene(scene_to_tensors(scene), set(CLIMBABLE) - {Parameter.PARAMETER_TINT})
    assert written.SerializeToString(deterministic=True) == scene.SerializeToString(deterministic=True)


@pytest.mark.parametrize("parameter", sorted(CLIMBABLE), ids=lambda value: Parameter.Name(value).lower())
def test_only_the_named_parameter_is_written(scene, parameter) -> None:
    tensors = scene_to_tensors(scene)
    for name in CLIMBABLE.values():
        setattr(tensors, name, torch.full_like(getattr(tensors, name), 0.5))
    written = tensors_to_scene(tensors, [parameter])
    again = scene_to_tensors(written)
    for other, name in CLIMBABLE.items():
        expected = tensors if other == parameter else scene_to_tensors(scene)
        assert torch.equal(getattr(again, name), getattr(expected, name)), name
    assert scene.layers[0].HasField("tint") is False
    assert written.layers[0].HasField("tint") is (parameter == Parameter.PARAMETER_TINT)


def test_a_scene_without_layers_has_empty_tensors(make_scene) -> None:
    tensors = scene_to_tensors(make_scene())
    assert tensors.centers.shape == (0, 2)
    assert tensors.tints.shape == (0, 3)


def set_stops(scene: Scene, offsets: list[float]) -> None:
    del scene.background.stops[:]
    for offset in offsets:
        scene.background.stops.add(offset=offset, color=Color())


BREAKAGES = {
    "scene.aspect_ratio": [
        lambda scene: setattr(scene, "aspect_ratio", 0.05),
        lambda scene: setattr(scene, "aspect_ratio", math.inf),
        lambda scene: setattr(scene, "aspect_ratio", math.nan),
    ],
    "scene.background.stops": [
        lambda scene: set_stops(scene, []),
        lambda scene: set_stops(scene, [0.5] * 17),
    ],
    "scene.background.stops[1].offset": [
        lambda scene: set_stops(scene, [0.5, 0.4]),
        lambda scene: set_stops(scene, [0.5, 1.1]),
    ],
    "scene.background.stops[2].color.green": [
        lambda scene: setattr(scene.background.stops[2].color, "green", 1.01),
    ],
    "scene.background.angle_degrees": [
        lambda scene: setattr(scene.background, "angle_degrees", math.nan),
    ],
    "scene.layers[1].cutout_digest": [
        lambda scene: setattr(scene.layers[1], "cutout_digest", "A" * 64),
        lambda scene: setattr(scene.layers[1], "cutout_digest", "../etc/passwd"),
    ],
    "scene.layers[0].placement.height": [
        lambda scene: setattr(scene.layers[0].placement, "height", 0),
        lambda scene: setattr(scene.layers[0].placement, "height", -1),
        lambda scene: scene.layers[0].ClearField("placement"),
    ],
    "scene.layers[0].placement.center_x": [
        lambda scene: setattr(scene.layers[0].placement, "center_x", math.inf),
    ],
    "scene.layers[1].placement.rotation_degrees": [
        lambda scene: setattr(scene.layers[1].placement, "rotation_degrees", -math.inf),
    ],
    "scene.layers[1].opacity": [lambda scene: setattr(scene.layers[1], "opacity", 1.5)],
    "scene.layers[1].tint.red": [lambda scene: setattr(scene.layers[1].tint, "red", -0.1)],
    "scene.layers": [lambda scene: scene.layers.extend([scene.layers[0]] * 300)],
}


@pytest.mark.parametrize(
    ("field", "damage"), [(field, damage) for field, damages in BREAKAGES.items() for damage in damages]
)
def test_a_broken_scene_is_refused_by_the_name_of_its_field(scene, field, damage) -> None:
    damage(scene)
    with pytest.raises(SceneInvalid) as error:
        scene_to_tensors(scene)
    assert f"for {field} but received" in str(error.value)
