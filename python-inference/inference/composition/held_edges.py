"""Cut sides that lie on the canvas edge stay there.

A penalty alone does not hold them: a landscape that slides by a hundredth of the canvas wins more by
what the perceptor sees than the bare strip costs, and people see the strip first. So after each step
such layers are put back to where their cut sides reach the edge again (a projected gradient step).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from inference.composition.scene_tensors import Parameter, SceneTensors
from inference.composition.sprites import Sprite

# A side this near to the edge, in canvas heights, was meant to lie on it.
TOLERANCE = 0.005


@dataclass(frozen=True)
class HeldEdges:
    """Which canvas edges each layer covers with a side that its photo's frame cut."""

    proportions: Tensor  # (L,) width / height of the cut-outs
    before: Tensor  # (L, 2) left, top
    after: Tensor  # (L, 2) right, bottom

    def with_row_of(self, other: "HeldEdges", row: int) -> "HeldEdges":
        """These with one layer's from `other`; a last layer that only `other` has is taken over too."""
        kept = torch.arange(len(other.before))[:, None] != row  # (L, 1)
        grown = [F.pad(flags, (0, 0, 0, len(kept) - len(flags))) for flags in (self.before, self.after)]
        return HeldEdges(
            other.proportions,
            before=torch.where(kept, grown[0], other.before),
            after=torch.where(kept, grown[1], other.after),
        )

    def any_of(self, row: int) -> bool:
        """Whether any edge is held by this layer."""
        return bool(self.before[row].any() or self.after[row].any())


def find_held_edges(scene: SceneTensors, sprites: Sequence[Sprite]) -> HeldEdges:
    """The edges to hold, from where the layers lie at the start of a climb.

    Convention: canvas heights, x right, y down; a flipped layer's left border faces right.
    """
    proportions = torch.tensor([sprite.width / sprite.height for sprite in sprites], dtype=torch.float64)
    cut_before, cut_after = [], []
    for sprite, flipped in zip(sprites, scene.flipped.tolist(), strict=True):
        borders = sprite.borders
        left, right = (borders.right, borders.left) if flipped else (borders.left, borders.right)
        cut_before.append((left, borders.top))
        cut_after.append((right, borders.bottom))
    reach = _reach(scene, proportions)  # (L, 2)
    return HeldEdges(
        proportions,
        before=_flags(cut_before) & (scene.centers.detach() - reach <= TOLERANCE),
        after=_flags(cut_after) & (scene.centers.detach() + reach >= _canvas(scene) - TOLERANCE),
    )


@torch.no_grad()
def hold_edges(scene: SceneTensors, held: HeldEdges, parameters: Collection[int], free: Tensor) -> None:
    """Moves layers that are `free` (L,) back, in place, so that their held sides reach the canvas edge again.

    A layer held on two opposite edges is enlarged first where it no longer spans them. Only what
    the mask names is changed: without POSITION nothing is, without HEIGHT nothing is enlarged.
    """
    if Parameter.PARAMETER_POSITION not in parameters or scene.layer_count == 0:
        return
    canvas = _canvas(scene)
    before, after = held.before & free[:, None], held.after & free[:, None]
    if Parameter.PARAMETER_HEIGHT in parameters:
        span = 2 * _reach(scene, held.proportions).clamp_min(1e-6)  # (L, 2)
        growth = torch.where(before & after, canvas / span, 1.0).amax(1).clamp(1, 2)  # (L,)
        scene.heights.mul_(growth)
    reach = _reach(scene, held.proportions)
    scene.centers.copy_(torch.where(before, scene.centers.minimum(reach), scene.centers))
    scene.centers.copy_(torch.where(after, scene.centers.maximum(canvas - reach), scene.centers))


def _reach(scene: SceneTensors, proportions: Tensor) -> Tensor:
    """(L, 2): how far from its center a turned layer's sides lie wholly beyond: their nearer corners."""
    angles = scene.rotations.detach().deg2rad()
    cos, sin = angles.cos().abs(), angles.sin().abs()
    heights = scene.heights.detach()
    widths = heights * proportions
    return torch.stack([widths * cos - heights * sin, heights * cos - widths * sin], dim=1) / 2


def _canvas(scene: SceneTensors) -> Tensor:
    return torch.tensor([scene.aspect_ratio, 1.0], dtype=torch.float64)


def _flags(rows: list[tuple[bool, bool]]) -> Tensor:
    return torch.tensor(rows, dtype=torch.bool).reshape(-1, 2)
