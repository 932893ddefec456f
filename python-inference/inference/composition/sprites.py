"""A cut-out as the compositor samples it: premultiplied, and shrunk in advance where seen small."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from inference.errors import UnknownCutout

# Enough to see where along a side a cut-out was cut; each costs a transformed point a step.
CUT_SIDE_POINTS = 8


@dataclass(frozen=True)
class TouchedBorders:
    """Edges of its photo that a cut-out touches: there the frame cut it off."""

    left: bool = False
    top: bool = False
    right: bool = False
    bottom: bool = False


class CutSides(NamedTuple):
    """Points along the sides of a cut-out that its photo's frame cut; P is 0 where there are none."""

    points: Tensor  # (P, 2) in cut-out pixels
    normals: Tensor  # (P, 2) outward
    alpha: Tensor  # (P,) opacity of the cut-out there: where it is transparent nothing was cut


@dataclass
class Sprite:
    """A cut-out ready for sampling; shrunken levels are made when first asked for.

    Convention: level n is 2^n times smaller; its pixel (0, 0) covers the first 2^n x 2^n pixels.
    """

    premultiplied: Tensor  # (4, H, W) RGBA in [0, 1], color times alpha
    borders: TouchedBorders
    _levels: dict[int, Tensor] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return self.premultiplied.shape[1]

    @property
    def width(self) -> int:
        return self.premultiplied.shape[2]

    @cached_property
    def coverage(self) -> float:
        """The opaque area of the cut-out when it is 1 high."""
        return float(self.premultiplied[3].sum()) / self.height**2

    @cached_property
    def cut_sides(self) -> CutSides:
        """Where the frame cut this cut-out, float64 on the CPU."""
        return _cut_sides(self.premultiplied[3].double().cpu(), self.borders)

    def level(self, level: int) -> Tensor:
        """(4, ceil(H / 2^n), ceil(W / 2^n)): transparent padding right and below, then block means."""
        if level not in self._levels:
            self._levels[level] = _shrink(self.premultiplied, 2**level)
        return self._levels[level]


@dataclass(frozen=True)
class SpriteSet:
    """The sprites a scene may name, on the device the picture will be on."""

    by_digest: Mapping[str, Sprite]
    dtype: torch.dtype  # of the picture; sprites are float32 where this is less exact
    device: torch.device

    def of(self, digests: Sequence[str]) -> list[Sprite]:
        """One sprite a digest, in order. Raises UnknownCutout naming all that are not here."""
        unknown = sorted({digest for digest in digests if digest not in self.by_digest})
        if unknown:
            raise UnknownCutout(unknown)
        return [self.by_digest[digest] for digest in digests]


def make_sprite(rgba: Tensor, borders: TouchedBorders, dtype: torch.dtype, device: torch.device) -> Sprite:
    """The sprite of a straight-alpha uint8 (H, W, 4) picture, for pictures of a dtype."""
    straight = (
        rgba.to(device=device, dtype=torch.promote_types(dtype, torch.float32)).permute(2, 0, 1) / 255
    )  # (4, H, W)
    color, alpha = straight[:3], straight[3:]
    return Sprite(torch.cat([color * alpha, alpha]).contiguous(), borders)


def level_for_scale(scale: float) -> int:
    """The level to sample at when one cut-out pixel covers `scale` canvas pixels.

    What remains to be done by the bilinear sample is a scale in (0.5, 1], or any enlargement.
    libs/render follows the same rule; the conformance suite holds both to it.
    """
    return max(0, math.floor(math.log2(1 / scale)))


def _cut_sides(alpha: Tensor, borders: TouchedBorders) -> CutSides:
    height, width = alpha.shape
    across = (torch.arange(CUT_SIDE_POINTS, dtype=torch.float64) + 0.5) / CUT_SIDE_POINTS  # (8,)
    ends = torch.zeros_like(across)
    sides = [
        (borders.left, alpha[:, 0], (ends, across * height), (-1.0, 0.0)),
        (borders.top, alpha[0], (across * width, ends), (0.0, -1.0)),
        (borders.right, alpha[:, -1], (ends + width, across * height), (1.0, 0.0)),
        (borders.bottom, alpha[-1], (across * width, ends + height), (0.0, 1.0)),
    ]
    cut = [
        (torch.stack(points, 1), torch.tensor(normal).double().expand(CUT_SIDE_POINTS, 2), edge)
        for touched, edge, points, normal in sides
        if touched and edge.any()
    ]
    if not cut:
        return CutSides(torch.zeros(0, 2), torch.zeros(0, 2), torch.zeros(0))
    points, normals, edges = zip(*cut, strict=True)
    opacity = [F.adaptive_avg_pool1d(edge[None], CUT_SIDE_POINTS)[0] for edge in edges]
    return CutSides(torch.cat(points), torch.cat(normals), torch.cat(opacity))


def _shrink(premultiplied: Tensor, block: int) -> Tensor:
    _, height, width = premultiplied.shape
    padded = F.pad(premultiplied, (0, -width % block, 0, -height % block))
    return F.avg_pool2d(padded.unsqueeze(0), block).squeeze(0)
