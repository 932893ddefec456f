"""Every scene of test/scenes, rendered by the compositor and compared with the expected picture."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from collage.v1.scene_pb2 import Scene
from google.protobuf import json_format
from PIL import Image

from inference.composition.compositor import canvas_width, render, to_pixels
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.sprites import SpriteSet, TouchedBorders, make_sprite
from tests.device import DEVICE

SCENES = Path(__file__).parents[3] / "test" / "scenes"
TOLERANCE = json.loads((SCENES / "expected" / "tolerances.json").read_text())["torch"]
NAMES = sorted(path.stem for path in SCENES.glob("*.json"))


def cutouts() -> SpriteSet:
    sprites = {
        path.stem: make_sprite(
            torch.from_numpy(np.array(Image.open(path).convert("RGBA"))),
            TouchedBorders(),
            torch.float32,
            DEVICE,
        )
        for path in (SCENES / "cutouts").glob("*.png")
    }
    return SpriteSet(sprites, torch.float32, DEVICE)


def test_there_are_scenes() -> None:
    assert len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_looks_as_expected(name: str) -> None:
    scene = json_format.Parse((SCENES / f"{name}.json").read_text(), Scene())
    expected = np.asarray(Image.open(SCENES / "expected" / f"{name}.png").convert("RGB")).astype(float)
    height, width, _ = expected.shape
    assert canvas_width(scene.aspect_ratio, height) == width

    picture = render(scene_to_tensors(scene), cutouts(), height, width).picture

    difference = np.abs(to_pixels(picture).numpy() - expected)
    assert difference.max() <= TOLERANCE["maxDifference"]
    assert difference.mean() <= TOLERANCE["meanDifference"]
