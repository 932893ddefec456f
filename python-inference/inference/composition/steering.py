"""What a person asks of a climb under way, and how it changes the climb's state. Nothing waits here.

Each request either is followed as a whole or raises before anything has changed. What is asked is no
loss: after all but `unpin` the earlier best no longer counts, see `ClimbState.restarted`.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import torch
from collage.v1.composition_service_pb2 import Steer
from collage.v1.scene_pb2 import Placement

from inference.composition.adam import append_row, forget_rows
from inference.composition.climb_state import ClimbState
from inference.composition.held_edges import find_held_edges
from inference.composition.layer_rows import append_layer
from inference.composition.loss import Targets
from inference.composition.scene_tensors import (
    MAX_LAYERS,
    OF_BACKGROUND,
    validate_layer,
    validate_placement,
)
from inference.composition.sprites import SpriteSet
from inference.errors import InferenceError, SceneInvalid, SteerInvalid

FindSprites = Callable[[list[str]], SpriteSet]


def apply_steer(state: ClimbState, steer: Steer, find_sprites: FindSprites) -> None:
    """Follows a steer other than `stop`. `find_sprites` raises UnknownCutout for what is not held.

    Raises InferenceError when it cannot be followed, reason STEER_INVALID or UNKNOWN_CUTOUT; the state is
    then as it was.
    """
    action = steer.WhichOneof("action")
    try:
        ACTIONS[action](state, getattr(steer, action), find_sprites)
    except SceneInvalid as error:
        raise SteerInvalid(error.message) from error
    state.rearranged()
    if action != "unpin":
        state.restarted()


def _pin(state: ClimbState, pin: Steer.Pin, _: FindSprites) -> None:
    index = _layer(state, "pin", pin.layer_index)
    state.pinned.add(index)
    _forget(state, index)


def _unpin(state: ClimbState, unpin: Steer.Unpin, _: FindSprites) -> None:
    index = _layer(state, "unpin", unpin.layer_index)
    state.pinned.discard(index)
    _forget(state, index)


def _move(state: ClimbState, move: Steer.Move, _: FindSprites) -> None:
    index = _layer(state, "move", move.layer_index)
    validate_placement(move.placement, "steer.move.placement")
    _put(state, index, move.placement)
    state.scene.scene.layers[index].placement.CopyFrom(move.placement)
    state.replaced()
    # A ground dragged off its edge is not to snap back; one dragged to an edge is held there.
    sprites = state.sprites.of(state.scene.digests)
    state.held = state.held.with_row_of(find_held_edges(state.scene, sprites), index)
    _forget(state, index)


def _hide(state: ClimbState, hide: Steer.Hide, _: FindSprites) -> None:
    index = _layer(state, "hide", hide.layer_index)
    state.hidden.add(index)
    _forget(state, index)


def _show(state: ClimbState, show: Steer.Show, _: FindSprites) -> None:
    index = _layer(state, "show", show.layer_index)
    state.hidden.discard(index)
    _forget(state, index)


def _ban(state: ClimbState, ban: Steer.Ban, _: FindSprites) -> None:
    if ban.cutout_digest not in state.scene.digests:
        raise _invalid("ban.cutout_digest", "the digest of a layer", repr(ban.cutout_digest[:80]))
    state.banned.add(ban.cutout_digest)


def _add(state: ClimbState, add: Steer.Add, find_sprites: FindSprites) -> None:
    layer, count = add.layer, state.scene.layer_count
    validate_layer(layer, "steer.add.layer")
    if layer.cutout_digest in state.banned:
        raise _invalid("add.layer.cutout_digest", "a cut-out that is not banned", layer.cutout_digest)
    if count >= MAX_LAYERS:
        raise _invalid("add", f"at most {MAX_LAYERS} layers, those hidden or banned counted,", "one more")
    if layer.cutout_digest not in state.sprites.by_digest:
        found = find_sprites([layer.cutout_digest]).by_digest
        state.sprites = replace(state.sprites, by_digest={**state.sprites.by_digest, **found})
    append_layer(state.scene, layer)
    state.replaced()
    sprites = state.sprites.of(state.scene.digests)
    state.held = state.held.with_row_of(find_held_edges(state.scene, sprites), count)
    state.order.append(count)
    for parameter, moments in state.moments.items():
        if parameter not in OF_BACKGROUND:
            state.moments[parameter] = append_row(moments)


def _set_weight(state: ClimbState, set_weight: Steer.SetWeight, _: FindSprites) -> None:
    index, weight, count = set_weight.keyphrase_index, set_weight.weight, len(state.keyphrase_weights)
    if not 0 <= index < count:
        expected = f"an index from 0 to {count - 1}" if count else "no keyphrase, for there is none,"
        raise _invalid("set_weight.keyphrase_index", expected, str(index))
    if not 0 <= weight < math.inf:
        raise _invalid("set_weight.weight", "a finite number, 0 or more,", f"{weight:g}")
    state.keyphrase_weights[index] = weight
    state.targets = _reweighted(state.objective, state.keyphrase_weights)


ACTIONS: dict[str, Callable[..., None]] = {
    "pin": _pin,
    "unpin": _unpin,
    "move": _move,
    "hide": _hide,
    "show": _show,
    "ban": _ban,
    "add": _add,
    "set_weight": _set_weight,
}


def _layer(state: ClimbState, action: str, index: int) -> int:
    count = state.scene.layer_count
    if not 0 <= index < count:
        expected = f"an index from 0 to {count - 1}" if count else "no layer, for there is none,"
        raise _invalid(f"{action}.layer_index", expected, str(index))
    if state.scene.digests[index] in state.banned:
        raise _invalid(f"{action}.layer_index", "a layer that is not banned", str(index))
    return index


def _forget(state: ClimbState, index: int) -> None:
    """A layer that is kept, put, shown or freed begins without a drift from before."""
    for parameter, moments in state.moments.items():
        if parameter not in OF_BACKGROUND:
            forget_rows(moments, [index])


@torch.no_grad()
def _put(state: ClimbState, index: int, placement: Placement) -> None:
    state.scene.centers[index, 0] = placement.center_x
    state.scene.centers[index, 1] = placement.center_y
    state.scene.heights[index] = placement.height
    state.scene.rotations[index] = placement.rotation_degrees


def _reweighted(targets: Targets, weights: list[float]) -> Targets:
    """Shares of 1 in proportion to the weights; without any weight there is no keyphrase term."""
    largest = max(weights)
    if largest == 0:
        nothing = targets.keyphrase_shares[:0]
        return replace(targets, keyphrases=targets.keyphrases[:0], keyphrase_shares=nothing)
    scaled = [weight / largest for weight in weights]  # their sum is finite whatever the weights
    shares = [weight / sum(scaled) for weight in scaled]
    return replace(targets, keyphrase_shares=targets.keyphrase_shares.new_tensor(shares))


def _invalid(field: str, expected: str, received: str) -> InferenceError:
    return SteerInvalid(f"Expected {expected} for steer.{field} but received {received}")
