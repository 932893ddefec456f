"""The cut-outs of one prompt as bench/collages leaves them, ready to be painted."""

from dataclasses import dataclass
from pathlib import Path

import torch
from collage.v1.collage_pb2 import Collage
from google.protobuf import json_format
from numpy.typing import NDArray

from inference.composition.cutout_cache import CachedCutout, make_sprites
from inference.composition.sprites import SpriteSet, TouchedBorders
from inference.pictures import decode_rgba

CPU = torch.device("cpu")
MAX_BYTES, MAX_PIXELS = 2**26, 2**22


@dataclass(frozen=True)
class FoundCutouts:
    """The cut-outs that all optimizers compared work with, in the collage's order, best first."""

    collage: Collage  # stages 1 to 3: prompt, keyphrases, photos, cut-outs
    digests: list[str]
    sizes: list[tuple[int, int]]  # (width, height) in pixels of the photo it was cut from
    pictures: list[NDArray]  # (H, W, 4) uint8, straight alpha, longest side at most 384
    sprites: SpriteSet

    @property
    def prompt(self) -> str:
        return self.collage.prompt


def load_cutouts(folder: Path) -> FoundCutouts:
    """The cut-outs of a folder with collage.json and DIGEST.png, float32 on the CPU."""
    collage = json_format.Parse((folder / "collage.json").read_text(), Collage())
    cached = {}
    for cutout in collage.cutouts:
        edges = cutout.borders
        borders = TouchedBorders(edges.left, edges.top, edges.right, edges.bottom)
        png = (folder / f"{cutout.digest}.png").read_bytes()
        cached[cutout.digest] = CachedCutout(decode_rgba(png, MAX_BYTES, MAX_PIXELS), borders)
    return FoundCutouts(
        collage=collage,
        digests=list(cached),
        sizes=[(cutout.width, cutout.height) for cutout in collage.cutouts],
        pictures=[cutout.rgba for cutout in cached.values()],
        sprites=make_sprites(cached, CPU),
    )
