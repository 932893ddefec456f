"""Where each cut-out of a scene lies, as matrices."""

from collections.abc import Sequence

import torch
from kornia.geometry.transform import get_affine_matrix2d
from torch import Tensor

from inference.composition.scene_tensors import SceneTensors
from inference.composition.sprites import Sprite


def cutout_to_canvas(scene: SceneTensors, sprites: Sequence[Sprite], canvas_height: float) -> Tensor:
    """(L, 3, 3) affine matrices from cut-out pixels to a canvas `canvas_height` units high.

    Differentiable in centers, heights and rotations. `sprites` are those of the layers, in order.

    Convention: continuous coordinates on both sides, (0, 0) is the outer corner of the first pixel;
    x right, y down. Mirrored first, then scaled, then rotated clockwise as displayed about the
    center: kornia's get_affine_matrix2d turns clockwise (its get_rotation_matrix2d does not), and a
    negative x scale is the mirror.
    """
    sizes = torch.tensor([(sprite.width, sprite.height) for sprite in sprites], dtype=torch.float64)
    middles = sizes.reshape(-1, 2) / 2  # (L, 2)
    scale = scene.heights * canvas_height / sizes.reshape(-1, 2)[:, 1]  # (L,)
    mirror = torch.where(scene.flipped, -1.0, 1.0).double()
    return get_affine_matrix2d(
        translations=scene.centers * canvas_height - middles,
        center=middles,
        scale=torch.stack([scale * mirror, scale], dim=1),
        angle=scene.rotations,
    )
