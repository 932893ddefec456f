"""Where cut-outs lie, as matrices."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from kornia.geometry.transform import get_affine_matrix2d
from torch import Tensor

from inference.composition.scene_tensors import SceneTensors
from inference.composition.sprites import Sprite


class Placements(NamedTuple):
    """Places of N layers, of one scene or of several after each other."""

    centers: Tensor  # (N, 2) canvas heights
    heights: Tensor  # (N,) canvas heights
    rotations: Tensor  # (N,) degrees clockwise
    flipped: Tensor  # (N,) bool


def placements_of(scenes: Sequence[SceneTensors]) -> Placements:
    """The places of all layers of some scenes, differentiable."""
    if len(scenes) == 1:
        (scene,) = scenes
        return Placements(scene.centers, scene.heights, scene.rotations, scene.flipped)
    return Placements(
        *(
            torch.cat([getattr(scene, field) for scene in scenes])
            for field in ("centers", "heights", "rotations", "flipped")
        )
    )


def cutout_to_canvas(places: Placements, sprites: Sequence[Sprite], canvas_height: float) -> Tensor:
    """(N, 3, 3) affine matrices from cut-out pixels to a canvas `canvas_height` units high.

    Differentiable in centers, heights and rotations. `sprites` are those of the layers, in order.

    Convention: continuous coordinates on both sides, (0, 0) is the outer corner of the first pixel;
    x right, y down. Mirrored first, then scaled, then rotated clockwise as displayed about the
    center: kornia's get_affine_matrix2d turns clockwise (its get_rotation_matrix2d does not), and a
    negative x scale is the mirror.
    """
    sizes = torch.tensor([(sprite.width, sprite.height) for sprite in sprites], dtype=torch.float64)
    middles = sizes.reshape(-1, 2) / 2  # (N, 2)
    scale = places.heights * canvas_height / sizes.reshape(-1, 2)[:, 1]  # (N,)
    mirror = torch.where(places.flipped, -1.0, 1.0).double()
    return get_affine_matrix2d(
        translations=places.centers * canvas_height - middles,
        center=middles,
        scale=torch.stack([scale * mirror, scale], dim=1),
        angle=places.rotations,
    )
