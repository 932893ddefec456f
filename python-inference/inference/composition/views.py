"""What the perceptor is shown of a canvas: the whole of it, and crops.

A view is a quadrangle of the canvas brought to the perceptor's square. All draws are a function of
(seed, step) alone, so a climb that was cut goes on with the same views.
"""

import math

import torch
from kornia.geometry.transform import get_perspective_transform, warp_perspective
from torch import Tensor

from inference.composition.compositor import canvas_width

# Sides of crops, in short sides of the canvas. Below 0.7 a crop of a busy collage shows one cut-out
# only, and the whole prompt is the wrong thing to ask of it; at 1 it is the whole canvas again.
SMALLEST_CROP, LARGEST_CROP = 0.7, 0.95

# The squashed whole view never shrinks the canvas below this: bilinear sampling would skip pixels.
SMALLEST_SQUASH = 0.5


def canvas_size(aspect_ratio: float, view_size: int) -> tuple[int, int]:
    """(height, width) in pixels to render at for a perceptor that sees `view_size` squared.

    The short side is the view's side, so that crops are hardly enlarged, unless the long side would
    then be shrunk to less than half in the squashed view.
    """
    long_side = min(max(aspect_ratio, 1 / aspect_ratio), 1 / SMALLEST_SQUASH) * view_size
    height = max(1, round(long_side / max(1.0, aspect_ratio)))
    return height, canvas_width(aspect_ratio, height)


def view_quads(height: int, width: int, view_count: int, seed: int, step: int) -> Tensor:
    """(V, 4, 2) corners of the views of a height x width canvas, in pixels.

    The first view is the whole canvas. Crops come in antithetic pairs: both of a pair are equally
    large and lie opposite each other about the center of the canvas, so the pair's mean is not drawn
    to any side; the second of each pair is mirrored, so that what cannot be read mirrored (letters)
    does not win. Of a last pair that is not whole the mirrored one is kept: two views show one of each.

    Convention: corners run top left, top right, bottom right, bottom left of the *view*; continuous
    pixel coordinates, (0, 0) is the outer corner of the first pixel.
    """
    whole = _corners(torch.zeros(1, 2), torch.tensor([[float(width), float(height)]]))
    crop_count = view_count - 1
    if crop_count == 0:
        return whole
    generator = torch.Generator().manual_seed(_mix(seed, step))
    pairs = math.ceil(crop_count / 2)
    share = torch.rand(pairs, 1, generator=generator) * (LARGEST_CROP - SMALLEST_CROP) + SMALLEST_CROP
    sides = (share * min(height, width)).expand(pairs, 2)  # (P, 2)
    room = torch.tensor([float(width), float(height)]) - sides
    corner = torch.rand(pairs, 2, generator=generator) * room
    there, opposite = _corners(corner, sides), _corners(room - corner, sides)[:, [1, 0, 3, 2]]
    crops = torch.stack([there, opposite], 1).flatten(0, 1)
    if crop_count % 2 == 1:
        crops = torch.cat([crops[:-2], crops[-1:]])
    return torch.cat([whole, crops])


def take_views(pictures: Tensor, quads: Tensor, view_size: int) -> Tensor:
    """(B * V, 3, S, S): the quads (V, 4, 2) of each of (B, 3, H, W) pictures as squares, picture by picture.

    Differentiable in the pictures. On a GPU the quads have to be upright.

    Convention: quads as `view_quads` gives them; kornia counts pixel centers, hence the half pixel.
    """
    if pictures.is_cuda:
        return take_upright_views(pictures, quads, view_size)
    size = float(view_size)
    square = _corners(torch.zeros(1, 2), torch.tensor([[size, size]])).expand_as(quads)
    to_view = get_perspective_transform(quads - 0.5, square - 0.5).to(pictures)  # (V, 3, 3)
    return warp_perspective(
        pictures.repeat_interleave(len(quads), 0),
        to_view.repeat(len(pictures), 1, 1),
        (view_size, view_size),
        padding_mode="border",
        align_corners=False,
    )


def take_upright_views(pictures: Tensor, quads: Tensor, view_size: int) -> Tensor:
    """`take_views` of quads that are upright, mirrored or not, as two products of matrices.

    Bilinear sampling of an upright rectangle is a sum over rows and one over columns. The gradient of
    grid_sample's pictures has no kernel for GPUs that adds in a fixed order; that of a product has.

    Convention: as `take_views`; beyond the picture its outermost pixels go on.
    """
    _, _, height, width = pictures.shape
    quads = quads.to(pictures.device)
    along_x = _sampling(quads[:, 0, 0], quads[:, 1, 0], width, view_size).to(pictures)  # (V, S, W)
    along_y = _sampling(quads[:, 0, 1], quads[:, 3, 1], height, view_size).to(pictures)  # (V, S, H)
    rows = along_y[:, None] @ pictures[:, None]  # (B, V, 3, S, W)
    views: Tensor = rows @ along_x[:, None].transpose(2, 3)  # (B, V, 3, S, S)
    return views.flatten(0, 1)


def _sampling(begin: Tensor, end: Tensor, length: int, view_size: int) -> Tensor:
    """(V, S, length): how much of each pixel along a line of `length` is in each pixel of a view that runs
    from `begin` to `end` (V,), continuous coordinates."""
    share = (torch.arange(view_size, device=begin.device) + 0.5) / view_size  # (S,)
    places = begin[:, None] + (end - begin)[:, None] * share - 0.5  # (V, S), whole numbers are pixel centers
    distances = places.clamp(0, length - 1)[..., None] - torch.arange(length, device=begin.device)
    return (1 - distances.abs()).clamp_min(0)


def _corners(top_left: Tensor, size: Tensor) -> Tensor:
    """(N, 4, 2) corners of upright rectangles."""
    shape = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])  # (4, 2)
    return top_left[:, None] + shape * size[:, None]


def _mix(seed: int, step: int) -> int:
    """One generator seed of two numbers; neighbors must not share a stream (the golden ratio, odd)."""
    return (seed * 0x9E3779B97F4A7C15 + step) % 2**63
