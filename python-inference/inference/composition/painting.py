"""Patches painted over a background, with what is seen of each; its own backward for speed.

Written front to back, so that one pass gives the picture and the visibility of every layer:

    picture = sum_i T_i rgb_i + T_background background,    T_i = product of (1 - alpha_j), j above i

which equals premultiplied "over" in painting order (Porter and Duff 1984). Plain autograd clones the
whole canvas for every slice it writes; this walks the layers once each way.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class Box(NamedTuple):
    """Whole canvas pixels: left and top inclusive, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """Index of this box in a (C, H, W) picture."""
        return slice(None), slice(self.top, self.bottom), slice(self.left, self.right)


class Painting(NamedTuple):
    """What painting L patches gives; differentiable but for the last two."""

    picture: Tensor  # (3, H, W)
    painted_areas: Tensor  # (L,) alpha summed over the canvas, px²
    visible_areas: Tensor  # (L,) the same of what no other layer hides
    boxes: list[Box]  # L times: where the patch lies
    transmittances: list[Tensor]  # L times (1, h, w): what the layers above let through, in the box


def paint_over(background: Tensor, boxes: list[Box], patches: list[Tensor]) -> Painting:
    """Paints premultiplied patches (4, h, w), the last on top, at their boxes onto a (3, H, W) background.

    Convention: color is premultiplied; alpha is the fourth channel.
    """
    picture, painted, visible, *transmittances = _PaintOver.apply(  # type: ignore[no-untyped-call]
        background, boxes, *patches
    )
    return Painting(picture, painted, visible, boxes, transmittances)


class _PaintOver(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, background: Tensor, boxes: list[Box], *patches: Tensor) -> tuple[Tensor, ...]:
        picture = torch.zeros_like(background)
        through = torch.ones_like(background[:1])  # (1, H, W)
        # Sums of thousands of pixels: bfloat16 would lose them.
        exact = torch.promote_types(background.dtype, torch.float32)
        painted, visible = background.new_zeros(2, len(patches), dtype=exact)
        transmittances: list[Tensor] = [background.new_empty(0)] * len(patches)
        for index in reversed(range(len(patches))):
            here, patch = boxes[index].slices, patches[index]
            color, alpha = patch[:3], patch[3:]
            above = transmittances[index] = through[here].clone()  # (1, h, w)
            picture[here].addcmul_(above, color)
            painted[index] = alpha.sum(dtype=exact)
            visible[index] = (above * alpha).sum(dtype=exact)
            through[here].addcmul_(above, alpha, value=-1)
        picture.addcmul_(through, background)
        ctx.boxes = boxes
        ctx.save_for_backward(background, through, *patches, *transmittances)
        ctx.mark_non_differentiable(*transmittances)
        return picture, painted, visible, *transmittances

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(
        ctx: Any, grad_picture: Tensor, grad_painted: Tensor, grad_visible: Tensor, *_: Tensor
    ) -> tuple[Tensor | None, ...]:
        background, through, *saved = ctx.saved_tensors
        layer_count = len(saved) // 2
        grad_painted, grad_visible = grad_painted.to(background), grad_visible.to(background)
        patches, transmittances = saved[:layer_count], saved[layer_count:]
        grad_background = grad_picture * through
        grad_through = (grad_picture * background).sum(0, keepdim=True)  # (1, H, W)
        grad_patches: list[Tensor] = []
        for index in range(layer_count):
            here, above = ctx.boxes[index].slices, transmittances[index]
            color, alpha = patches[index][:3], patches[index][3:]
            below = grad_through[here]  # of what this layer lets through
            grad_seen = (grad_picture[here] * color).sum(0, keepdim=True) + grad_visible[index] * alpha
            grad_alpha = above * (grad_visible[index] - below) + grad_painted[index]
            grad_patches.append(torch.cat([grad_picture[here] * above, grad_alpha]))
            grad_through[here] = below * (1 - alpha) + grad_seen
        return grad_background, None, *grad_patches
