"""Scenes as the product lays them out, of cut-outs that are drawn: speed does not depend on what is seen."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import torch
from collage.v1.scene_pb2 import Scene
from google.protobuf.json_format import ParseDict
from torch import Tensor

from inference.composition.sprites import SpriteSet, TouchedBorders, make_sprite


@dataclass(frozen=True)
class DrawnScenes:
    """Scenes and the sprites they name."""

    scenes: list[Scene]
    sprites: SpriteSet


def draw_scenes(
    scene_count: int, layer_count: int, device: torch.device, dtype: torch.dtype = torch.float32
) -> DrawnScenes:
    """Random layouts from the product's own prior (draw-layouts.mjs) of cut-outs, some of them grounds.

    DRAWN_LAYOUTS: a folder with files SCENES-LAYERS.json of what that program prints, for where Node is not.
    """
    drawn = json.loads(_drawn(scene_count, layer_count))
    sprites = {
        part["digest"]: make_sprite(
            _ellipse(part["height"], part["width"]), TouchedBorders(**part["borders"]), dtype, device
        )
        for part in drawn["parts"]
    }
    scenes = [ParseDict(scene, Scene()) for scene in drawn["scenes"]]
    return DrawnScenes(scenes, SpriteSet(sprites, dtype, device))


def _drawn(scene_count: int, layer_count: int) -> str:
    if folder := os.environ.get("DRAWN_LAYOUTS"):
        return Path(folder, f"{scene_count}-{layer_count}.json").read_text()
    program = str(Path(__file__).with_name("draw-layouts.mjs"))
    command = ["node", program, str(scene_count), str(layer_count)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def _ellipse(height: int, width: int) -> Tensor:
    """(H, W, 4) uint8, straight alpha: a noisy ellipse with a soft edge."""
    ys, xs = torch.linspace(-1, 1, height)[:, None], torch.linspace(-1, 1, width)
    alpha = ((1.05 - (xs**2 + ys**2).sqrt()) * 20).clamp(0, 1)[..., None]
    color = torch.rand(height, width, 3, generator=torch.Generator().manual_seed(height * width))
    return (torch.cat([color, alpha], 2) * 255).to(torch.uint8)
