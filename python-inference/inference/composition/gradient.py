"""The background: a linear gradient, differentiable in its colors and its angle."""

import torch
from torch import Tensor


def gradient_at(offsets: Tensor, colors: Tensor, places: Tensor) -> Tensor:
    """Colors (..., 3) at places (...) along a gradient line with stops (K,) and colors (K, 3).

    Linear between stops, the end colors beyond them; where offsets coincide, the later color
    holds from there on, as in CSS.
    """
    if len(offsets) == 1:
        return colors[0].expand(*places.shape, -1)
    # The first color, and at each stop the step to the next one, as far as it was taken: a product of two
    # matrices. Gathering colors by index would add up their gradients in parallel in whatever order.
    gaps = offsets.diff()  # (K - 1,)
    taken = ((places.unsqueeze(-1) - offsets[:-1]) / gaps.clamp_min(1e-12)).clamp(0, 1)  # (..., K - 1)
    if not gaps.all():
        hard = (places.unsqueeze(-1) >= offsets[1:]).to(taken)
        taken = torch.where(gaps > 0, taken, hard)
    return colors[0] + taken @ colors.diff(dim=0)  # (..., K - 1) @ (K - 1, 3)


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
