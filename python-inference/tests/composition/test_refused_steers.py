"""What cannot be followed is told by the name of its field, and the climb goes on as if it had not come."""

import math
from dataclasses import replace

import pytest
from collage.v1.scene_pb2 import Color, Layer

from inference.composition.climb_task import Climb
from inference.composition.scene_tensors import MAX_LAYERS, Parameter

from .climbing import (
    ADDED,
    add,
    as_bytes,
    ban,
    hide,
    move,
    pin,
    run,
    run_live,
    set_weight,
    show,
    unpin,
    with_options,
)
from .conftest import digest_of


@pytest.fixture
def task(steered_task) -> Climb:
    return steered_task


REFUSED = {
    "steer.pin.layer_index but received 3": pin(3),
    "steer.unpin.layer_index but received -1": unpin(-1),
    "steer.hide.layer_index but received 99": hide(99),
    "steer.show.layer_index but received 3": show(3),
    "steer.move.layer_index but received 3": move(3, 0, 0),
    "steer.move.placement.height but received 0": move(0, 0, 0, height=0),
    "steer.move.placement.center_x but received nan": move(0, math.nan, 0),
    "steer.move.placement.center_y but received 101": move(0, 0, 101),
    "steer.move.placement.rotation_degrees but received inf": move(0, 0, 0, turn=math.inf),
    "steer.ban.cutout_digest but received 'x'": ban("x"),
    "steer.add.layer.cutout_digest but received ''": add(Layer()),
    "steer.add.layer.opacity but received 2": add(
        Layer(cutout_digest=digest_of(0), placement=ADDED.placement, opacity=2)
    ),
    "steer.add.layer.tint.red but received -1": add(
        Layer(cutout_digest=digest_of(0), placement=ADDED.placement, tint=Color(red=-1))
    ),
    "steer.set_weight.keyphrase_index but received 2": set_weight(2, 1),
    "steer.set_weight.weight but received -1": set_weight(0, -1),
    "steer.set_weight.weight but received nan": set_weight(0, math.nan),
    "steer.set_weight.weight but received inf": set_weight(0, math.inf),
    "steer.step but received 1": hide(0, step=1),
    "steer.step but received -1": hide(0, step=-1),
}


def test_what_cannot_be_followed_is_refused_by_the_name_of_its_field_and_changes_nothing(task) -> None:
    plain = run(task)
    steps, result = run_live(task, {2: list(REFUSED.values())})
    assert [step.scene for step in steps] == [step.scene for step in plain[0]]
    assert result == plain[1]
    refused = steps[2].refused_steers
    assert {tuple(as_bytes([entry.steer])) for entry in refused} == {
        tuple(as_bytes([steer])) for steer in REFUSED.values()
    }
    for entry in refused:
        assert entry.reason == "STEER_INVALID"
        (ending,) = [text for text, steer in REFUSED.items() if as_bytes([steer]) == as_bytes([entry.steer])]
        assert entry.message.startswith("Expected ") and f"for {ending}" in entry.message
    assert not any(step.refused_steers for step in (*steps[:2], *steps[3:]))


def test_an_unknown_cutout_is_refused_as_such(task) -> None:
    layer = Layer(cutout_digest=digest_of(9), placement=ADDED.placement, opacity=1)
    (refused,) = run(task, add(layer))[0][0].refused_steers
    assert refused.reason == "UNKNOWN_CUTOUT" and digest_of(9)[:12] in refused.message


def test_there_are_no_more_layers_than_a_scene_may_have(task) -> None:
    task = replace(with_options(task, step_count=1), parameters=[Parameter.PARAMETER_BACKGROUND_COLORS])
    full = [add(ADDED)] * (MAX_LAYERS - 3)
    (step,), _ = run(task, *full, add(ADDED))
    assert len(step.scene.layers) == MAX_LAYERS
    assert [entry.reason for entry in step.refused_steers] == ["STEER_INVALID"]
    assert "300 layers" in step.refused_steers[0].message
