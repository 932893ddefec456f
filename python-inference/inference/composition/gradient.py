"""The background: a linear gradient, differentiable in its colors and its angle."""

import torch
from torch import Tensor
from torch.nn import functional as F


def gradient_at(offsets: Tensor, colors: Tensor, places: Tensor) -> Tensor:
    """Colors (..., 3) at places (...) along a gradient line with stops (K,) and colors (K, 3).

    Linear between stops, the end colors beyond them; where offsets coincide, the later color
    holds from there on, as in CSS.
    """
    after = torch.searchsorted(offsets, places.detach().contiguous(), right=True)  # stops at or before
    start, end = (after - 1).clamp_min(0), after.clamp_max(len(offsets) - 1)
    gap = (offsets[end] - offsets[start]).clamp_min(1e-12)  # 0 beyond the ends, where both are one stop
    share = ((places - offsets[start]) / gap).clamp(0, 1).unsqueeze(-1)  # (..., 1)
    # As a product: the backward of colors[start] adds up in parallel in whatever order (float atomics, eight
    # different gradients in sixty runs on two threads), and took 65 ms a step where this takes 3.
    stops = len(offsets)
    weights = torch.lerp(F.one_hot(start, stops).to(share), F.one_hot(end, stops).to(share), share)
    return weights @ colors  # (..., K) @ (K, 3)


def paint_gradient(offsets: Tensor, colors: Tensor, angle: Tensor, height: int, width: int) -> Tensor:
    """(3, height, width) picture of a gradient with stops (K,), colors (K, 3), angle () in degrees.

    Convention: 0 degrees runs from top to bottom, 90 from right to left (clockwise as displayed).
    The line passes the center and is as long as CSS's linear-gradient makes it, corner to corner:
    |w sin a| + |h cos a|. The place along it is taken at pixel centers.
    """
    radians = torch.deg2rad(angle)
    right, down = -torch.sin(radians), torch.cos(radians)
    length = (width * right).abs() + (height * down).abs()
    xs = torch.arange(width, dtype=colors.dtype, device=colors.device) + 0.5 - width / 2  # (W,)
    ys = torch.arange(height, dtype=colors.dtype, device=colors.device) + 0.5 - height / 2  # (H,)
    places = 0.5 + (xs * right + (ys * down).unsqueeze(1)) / length  # (H, W)
    return gradient_at(offsets, colors, places).permute(2, 0, 1)
