"""The notebook's optimizer as it is coded, written from the project's description of it alone.

Positions and a gradient by Adam, 101 steps, 32 augmented copies of one picture a step, weights not frozen,
the last iterate. What differs, since it climbs against the product's perceptor instead of CLIP:

- pictures are resized from 224 pixels to the perceptor's side and normalized inside it, in the search too;
- a part is as large as the notebook makes it, 224/2000 of the pixels it had in its photo, which is its size
  in the corpus: those photos are about as large as those the notebook fetched. It is reduced once and
  translated on the canvas each step, the cheaper reading of the description.

Convention: places are those of a part's top left corner, x and y, in canvas sides from the top left.
"""

import time
from collections.abc import Iterator

import torch
from kornia.geometry.transform import translate
from torch import Tensor, nn
from torch.nn import functional as F

from baselines.augmentations import WhitePerspective, color_jitter, random_crop
from baselines.kept_results import Iterate, kept_iterates
from inference.embedding.perceptor import Perceptor
from inference.embedding.starter import load_starter
from judging.cutouts import FoundCutouts

# Bump when a change makes other pictures: kept results depend on it.
VERSION = 1
SIDE = 224
SCALE = 224 / 2000
PART_LIMIT = 30
CONTROL_POINTS = 5
LAYOUT_COUNT = 100
STEP_COUNT = 101
COPY_COUNT = 32
COLOR_RATE, POSITION_RATE = 0.005, 0.01
KEPT_STEPS = (0, 1, 10, 25, 50, 75, 100, STEP_COUNT)
SEED = 0


def as_coded_iterates(run_id: str, cutouts: FoundCutouts) -> list[Iterate]:
    """The notebook's iterates on the cut-outs of a run; kept, for they take minutes."""
    perceptor = load_starter()
    return kept_iterates(
        "as-coded",
        run_id,
        [VERSION, cutouts.prompt, cutouts.digests, perceptor.describe().digest, SEED],
        lambda: run_as_coded(cutouts, perceptor, SEED),
    )


def run_as_coded(cutouts: FoundCutouts, perceptor: Perceptor, seed: int = 0) -> Iterator[Iterate]:
    """The iterates of KEPT_STEPS, the last one its result; step 0 is the best layout on the new gradient.

    `perceptor` is the starter, an own one: its weights are unfrozen. Torch's thread count stays as it is.
    """
    torch.manual_seed(seed)
    began = time.process_time()
    perceptor._classifier._network.requires_grad_(True)  # type: ignore[attr-defined]
    parts, rooms = _parts(cutouts)
    target = perceptor.encode_texts([cutouts.prompt.lower()])  # (1, D)
    places = _best_layout(parts, rooms, target, perceptor).requires_grad_()  # (1, L, 2)
    colors = _random_colors().requires_grad_()  # (5, 3), drawn anew
    adam = torch.optim.Adam(
        [{"params": [colors], "lr": COLOR_RATE}, {"params": [places], "lr": POSITION_RATE}]
    )
    augment = nn.Sequential(WhitePerspective(0.5), random_crop(SIDE), color_jitter())
    wanted = nn.CosineEmbeddingLoss()
    for step in range(STEP_COUNT + 1):
        if step in KEPT_STEPS:
            with torch.no_grad():
                picture = _paint(parts, places, colors)[0].clamp(0, 1)
            yield Iterate(step, time.process_time() - began, picture)
        if step == STEP_COUNT:
            return
        adam.zero_grad()
        copies = augment(_paint(parts, places, colors).expand(COPY_COUNT, -1, -1, -1))  # (32, 3, 224, 224)
        seen = _see(copies, perceptor)  # (32, D)
        wanted(seen, target.expand_as(seen), torch.ones(COPY_COUNT)).backward()
        adam.step()


def _parts(cutouts: FoundCutouts) -> tuple[Tensor, Tensor]:
    """The parts in the canvas' corner (L, 4, 224, 224), largest first, and the room (L, 2) they have.

    Premultiplied on black by a binary mask, which the reduction then softens by a pixel.
    """
    parts = []
    for picture, (width, height) in zip(cutouts.pictures, cutouts.sizes, strict=True):
        rgba = torch.from_numpy(picture).permute(2, 0, 1) / 255  # (4, h, w)
        mask = (rgba[3:] > 0.5).float()
        size = (min(SIDE, max(1, round(height * SCALE))), min(SIDE, max(1, round(width * SCALE))))
        cut = torch.cat([rgba[:3] * mask, mask])
        small = F.interpolate(cut[None], size, mode="bilinear", antialias=True)[0]
        parts.append((float(mask.mean()) * width * height, size, small))
    parts.sort(key=lambda part: -part[0])
    parts = parts[:PART_LIMIT]
    padded = [F.pad(small, (0, SIDE - width, 0, SIDE - height)) for _, (height, width), small in parts]
    rooms = [(1 - width / SIDE, 1 - height / SIDE) for _, (height, width), _ in parts]
    return torch.stack(padded), torch.tensor(rooms)


@torch.no_grad()
def _best_layout(parts: Tensor, rooms: Tensor, target: Tensor, perceptor: Perceptor) -> Tensor:
    """(1, L, 2): the best of 100 random layouts on one random gradient, seen in one batch."""
    layouts = torch.rand(LAYOUT_COUNT, len(parts), 2) * rooms
    seen = _see(_paint(parts, layouts, _random_colors()), perceptor)  # (100, D)
    best = F.cosine_similarity(seen, target).argmax()
    return layouts[best : best + 1].clone()


def _random_colors() -> Tensor:
    return 0.5 + 0.125 * torch.rand(CONTROL_POINTS, 3)


def _paint(parts: Tensor, places: Tensor, colors: Tensor) -> Tensor:
    """(B, 3, 224, 224) of layouts (B, L, 2), the first part at the back; not clamped."""
    canvas = _gradient(colors).T[None, :, :, None].expand(len(places), 3, SIDE, SIDE)
    for index, part in enumerate(parts):
        moved = translate(part.expand(len(places), -1, -1, -1), places[:, index] * SIDE)
        canvas = canvas * (1 - moved[:, 3:]) + moved[:, :3]
    return canvas


def _gradient(colors: Tensor) -> Tensor:
    """(224, 3) colors of the rows: a cubic Hermite spline through the control points (5, 3).

    Tangents are finite differences: central ones, and one-sided at the ends.
    """
    steps = colors[1:] - colors[:-1]  # (4, 3), a knot apart
    tangents = torch.cat([steps[:1], (steps[1:] + steps[:-1]) / 2, steps[-1:]])  # (5, 3)
    along = torch.linspace(0, CONTROL_POINTS - 1, SIDE)
    knot = along.long().clamp_max(CONTROL_POINTS - 2)
    t = (along - knot)[:, None]  # (224, 1)
    return (
        (2 * t**3 - 3 * t**2 + 1) * colors[knot]
        + (t**3 - 2 * t**2 + t) * tangents[knot]
        + (3 * t**2 - 2 * t**3) * colors[knot + 1]
        + (t**3 - t**2) * tangents[knot + 1]
    )


def _see(pictures: Tensor, perceptor: Perceptor) -> Tensor:
    side = perceptor.describe().input_size
    return perceptor.encode_pictures(F.interpolate(pictures, (side, side), mode="bilinear"))
