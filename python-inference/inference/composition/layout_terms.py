"""What makes a layout ugly whatever it shows: 0 is best. Terms are means over layers, save where they say so.

Seen in a prototype: the perceptor's score hardly tells a good layout from a bad one (0.47 against
0.48), people do at once. These terms say what they see. All are smooth enough to climb.
"""

from collections.abc import Sequence

import torch
from kornia.geometry.linalg import transform_points
from torch import Tensor

from inference.composition.painting import Painting
from inference.composition.placement import cutout_to_canvas, placements_of
from inference.composition.scene_tensors import SceneTensors
from inference.composition.sprites import CUT_SIDE_POINTS, Sprite

# Less of a cut-out than this is seen: it might as well not be there, yet its author is credited.
# The bench asks for at least 0.25 of every cut-out, so the pull begins well before.
WANTED_VISIBLE_SHARE = 0.4
# Below this one is buried, which no other good makes up for: a little more than the bench asks for, since
# pictures of other sizes show a little less of it.
LEAST_VISIBLE_SHARE = 0.3
# How far the center of what is seen may lie from the middle, in halves of the canvas: a third is where the
# rule of thirds puts a subject that has the picture to itself.
ALLOWED_LEAN = 1 / 3
# A quarter over the edge is how collages are composed; more is waste.
ALLOWED_OFF_CANVAS_SHARE = 0.25
# A cut-out that shows less of the canvas than this is a stamp: 0.01 is a tenth of its side.
WANTED_CANVAS_SHARE = 0.01
# Canvas heights from the edge at which a cut side counts half. It saturates, so that a cut-out that
# belongs behind another is not dragged across the whole canvas, and is steep at the edge: at 0.2 a
# landscape slid off its edge to show another one behind it.
BORDER_HALF_DISTANCE = 0.1


def layout_terms(
    scene: SceneTensors, layers: Sequence[Sprite], painting: Painting, canvas_height: int
) -> dict[str, Tensor]:
    """The layout terms () of a scene painted `canvas_height` pixels high; no layers, no terms."""
    if not layers:
        return {}
    _, height, width = painting.picture.shape
    areas = layer_areas(scene, layers, canvas_height).to(painting.picture)  # (L,)
    visible_shares = painting.visible_areas / areas  # (L,)
    off_canvas_shares = 1 - painting.painted_areas / areas
    # Square roots have no slope at 0: a hundredth of a pixel keeps a hidden layer's gradient finite.
    sizes = (painting.visible_areas / (height * width) + 1e-6).sqrt()
    return {
        "hidden": (1 - visible_shares / WANTED_VISIBLE_SHARE).relu().square().mean(),
        # A sum and straight: a mean would let one in thirty go, a square the last bit.
        "buried": (1 - visible_shares / LEAST_VISIBLE_SHARE).relu().sum(),
        "off_canvas": (off_canvas_shares - ALLOWED_OFF_CANVAS_SHARE).relu().square().mean()
        + _strayed(scene).to(painting.picture),
        "speck": (1 - sizes / WANTED_CANVAS_SHARE**0.5).relu().square().mean(),
        "balance": (_lean(scene, painting).abs() - ALLOWED_LEAN).relu().square(),
        "border": _exposed_borders(scene, layers, painting, canvas_height).to(painting.picture),
    }


def layer_areas(scene: SceneTensors, layers: Sequence[Sprite], canvas_height: int) -> Tensor:
    """(L,) px² that each layer covers, off the canvas and behind others too; never 0, shares are parts of it.

    Convention: an area is alpha summed over pixels, so what is soft or see-through counts in part.
    """
    coverage = torch.tensor([sprite.coverage for sprite in layers], dtype=scene.heights.dtype)
    return (coverage * (scene.heights * canvas_height) ** 2 * scene.opacities).clamp_min(1e-6)


def _lean(scene: SceneTensors, painting: Painting) -> Tensor:
    """() in [-1, 1]: where the center of all that is seen of the layers lies, -1 left edge, 1 right edge.

    Convention: each layer weighs its visible area, at its center, or at the edge where that lies beyond.
    Across only: below, weight is welcome.
    """
    half = scene.aspect_ratio / 2
    across = ((scene.centers[:, 0] - half) / half).clamp(-1, 1).to(painting.picture)  # (L,)
    weights = painting.visible_areas + 1e-6
    return (weights * across).sum() / weights.sum()


def _strayed(scene: SceneTensors) -> Tensor:
    """Mean squared distance of centers from the canvas: off it, pixels no longer lead back."""
    canvas = torch.tensor([scene.aspect_ratio, 1.0], dtype=scene.centers.dtype)
    return ((-scene.centers).relu() + (scene.centers - canvas).relu()).square().sum(1).mean()


def _exposed_borders(
    scene: SceneTensors, layers: Sequence[Sprite], painting: Painting, canvas_height: int
) -> Tensor:
    """How far the sides that a photo's frame cut lie inside the canvas, where nothing covers them.

    A side belongs on the canvas edge it faces, or behind another layer; distances pull it there.
    """
    sides = [sprite.cut_sides for sprite in layers]
    points = torch.cat([side.points for side in sides])  # (P, 2) cut-out pixels
    if len(points) == 0:
        return scene.heights.new_zeros(())
    counts = torch.tensor([len(side.points) for side in sides])
    owners = torch.arange(len(layers)).repeat_interleave(counts)  # (P,) index of the layer
    matrices = cutout_to_canvas(placements_of([scene]), layers, 1.0)[owners]  # (P, 3, 3)
    canvas = torch.tensor([scene.aspect_ratio, 1.0], dtype=scene.heights.dtype)
    on_canvas = transform_points(matrices, points[:, None])[:, 0]  # (P, 2) canvas heights
    normals = torch.cat([side.normals for side in sides])[..., None]
    facing = (matrices[:, :2, :2].detach() @ normals)[..., 0]  # (P, 2)
    axis = facing.abs().argmax(1, keepdim=True)  # 0: a side edge, 1: top or bottom
    place, far = on_canvas.gather(1, axis)[:, 0], canvas[axis[:, 0]]  # (P,)
    distance = torch.where(facing.gather(1, axis)[:, 0] > 0, far - place, place).relu()
    alpha = torch.cat([side.alpha for side in sides])
    seen = alpha * _seen_at(on_canvas.detach(), owners, painting, canvas_height)
    pull = distance / (distance + BORDER_HALF_DISTANCE)
    return (seen * pull).sum() / CUT_SIDE_POINTS / len(layers)  # a whole bare side of one layer counts 1


def _seen_at(points: Tensor, owners: Tensor, painting: Painting, canvas_height: int) -> Tensor:
    """(P,) share of light that reaches layers `owners` at points (P, 2), 0 off canvas; no gradient."""
    through = torch.cat([layer.flatten() for layer in painting.transmittances])
    if len(through) == 0:
        return points.new_zeros(len(points))
    boxes = torch.tensor(painting.boxes)  # (L, 4) left, top, right, bottom
    low, size = boxes[:, :2], boxes[:, 2:] - boxes[:, :2]  # (L, 2)
    starts = torch.cat([size.new_zeros(1), size.prod(1).cumsum(0)[:-1]])  # (L,) place in `through`
    within = (points * canvas_height).floor().long() - low[owners]  # (P, 2) column, row in the box
    inside = ((within >= 0) & (within < size[owners])).all(1)
    places = starts[owners] + within[:, 1] * size[owners, 0] + within[:, 0]
    return through[places.where(inside, 0).to(through.device)].to(points) * inside
