"""Painting order and flips: what no gradient reaches is tried out.

Every so many steps a few changes are drawn, each of one layer, and seen with the scene as it is through
the same views; the best one is made if it wins by more than a margin. Why not a soft order that is
annealed: docs/adr/0006-order-by-moves.md.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from inference.composition.climb_state import ClimbState
from inference.composition.climb_task import Climb, score_alike
from inference.composition.painting import Painting
from inference.composition.scene_tensors import Parameter, SceneTensors

# A try costs about as much as a step with four views: a tenth on top. Twice as often won no more for the
# same time, see docs/adr/0006-order-by-moves.md.
MOVE_INTERVAL_STEPS = 10
# With the present scene four scenes; with two views each they fill whole batches of the perceptor.
CANDIDATE_COUNT = 3
MOVE_VIEW_COUNT = 2
# All are seen through the same views, so what two views show of a gain is mostly true: off by 0.005 (37
# exchanges, median), 0.010 (47 flips), 0.021 (40 raises), while gains themselves are 0.01 to 0.05. The best
# of three tries won 0.0134 on 24 other views with this margin, 0.0130 without one, 0.0122 with twice as much;
# of what was accepted, 10 % was a loss, 18 % and 3 %. Twelve scenes of ten real cut-outs, starter perceptor.
MARGIN = 0.01
# A layer of which others hide nothing gains nothing by lying higher.
WHOLE_VISIBLE_SHARE = 0.98
# Less of what a layer paints is seen than this: it is worth trying on top.
LOW_VISIBLE_SHARE = 0.5
# Part of what moves draw from, so that they do not share their views with a step's.
MOVE_SALT = 0x6D6F7665


class Move(NamedTuple):
    """One change of one layer: it goes right over another one, or, without that, is mirrored."""

    layer: int
    over: int | None = None


def move_is_due(state: ClimbState) -> bool:
    """Whether moves are tried after the step just taken; at every step where nothing else is done."""
    if not {Parameter.PARAMETER_ORDER, Parameter.PARAMETER_FLIP}.intersection(state.parameters):
        return False
    return not state.climbed or state.step % MOVE_INTERVAL_STEPS == 0


def try_moves(state: ClimbState, task: Climb, painting: Painting) -> None:
    """Makes at most one move. `painting` is that of the last step: it says who overlaps whom.

    All draws are a function of the seed and the step.
    """
    seed = (task.options.seed * 1_000_003 + state.step) ^ MOVE_SALT
    candidates = _draw(possible_moves(state, painting), torch.Generator().manual_seed(seed % 2**63))
    if not candidates:
        return
    scenes = [state.seen(), *(_seen_after(state, move) for move in candidates)]
    now, *scores = score_alike(scenes, state.sprites, state.targets, task, MOVE_VIEW_COUNT, seed)
    best = max(range(len(scores)), key=scores.__getitem__)
    if scores[best] > now + MARGIN:
        _make(state, candidates[best])


def possible_moves(state: ClimbState, painting: Painting) -> list[list[Move]]:
    """Every move that may change the picture, by kind. A pinned layer is not moved, nor moved across."""
    kinds: list[list[Move]] = []
    if Parameter.PARAMETER_ORDER in state.parameters:
        kinds += _reorderings(state, painting)
    if Parameter.PARAMETER_FLIP in state.parameters:
        free = [index for index in state.shown if index not in state.pinned]
        # A mirrored cut side would leave the canvas edge it is held to.
        kinds.append([Move(index) for index in free if not state.held.any_of(index)])
    return kinds


def _reorderings(state: ClimbState, painting: Painting) -> tuple[list[Move], list[Move]]:
    """Layers to put right over the next one they lie under, and those so hidden that they belong on top."""
    shown, count = state.shown, len(state.shown)
    if count < 2:
        return [], []
    pinned = torch.tensor([index in state.pinned for index in shown])  # (L,) by place in painting order
    above = _overlaps(painting).triu(1)  # (L, L) [place, place of one over it]
    first = above.byte().argmax(1)
    last = count - 1 - above.flip(1).byte().argmax(1)
    shares = (painting.visible_areas / painting.painted_areas.clamp_min(1)).detach().cpu()
    hidden = above.any(1) & ~pinned & (shares < WHOLE_VISIBLE_SHARE)
    exchanged = hidden & ~pinned[first]
    # With only one above it is the same as an exchange.
    raised = hidden & (shares < LOW_VISIBLE_SHARE) & (last > first) & ~(above & pinned).any(1)

    def put_over(may: Tensor, over: Tensor) -> list[Move]:
        return [Move(shown[place], shown[over[place]]) for place in may.nonzero()[:, 0].tolist()]

    return put_over(exchanged, first), put_over(raised, last)


def _overlaps(painting: Painting) -> Tensor:
    """(L, L) whether the boxes that two layers touch on the canvas meet."""
    boxes = torch.tensor(painting.boxes)  # (L, 4) left, top, right, bottom
    low = torch.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = torch.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    return (low < high).all(2)


def _draw(kinds: list[list[Move]], generator: torch.Generator) -> list[Move]:
    """A few moves, of each kind in turn for as long as there are any."""
    shuffled = [
        [kind[at] for at in torch.randperm(len(kind), generator=generator).tolist()] for kind in kinds
    ]
    longest = max(map(len, shuffled), default=0)
    in_turn = [kind[at] for at in range(longest) for kind in shuffled if at < len(kind)]
    return in_turn[:CANDIDATE_COUNT]


def _seen_after(state: ClimbState, move: Move) -> SceneTensors:
    if move.over is None:
        return state.seen(flip=move.layer)
    return state.seen(order=_put_over(state.order, move.layer, move.over))


def _make(state: ClimbState, move: Move) -> None:
    if move.over is None:
        state.scene.flipped[move.layer] = ~state.scene.flipped[move.layer]
    else:
        state.order = _put_over(state.order, move.layer, move.over)
        state.rearranged()


def _put_over(order: Sequence[int], layer: int, below: int) -> list[int]:
    rest = [other for other in order if other != layer]
    at = rest.index(below) + 1
    return [*rest[:at], layer, *rest[at:]]
