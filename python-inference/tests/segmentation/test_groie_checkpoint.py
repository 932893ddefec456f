import hashlib
import os
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from inference.errors import ModelNotLoaded
from inference.segmentation.groie_checkpoint import GroieCheckpoint, load_weights, read_checkpoint
from tests.segmentation.groie_checkpoints import needs_mmdet, with_tail

pytestmark = needs_mmdet

META = {"CLASSES": ("cat", "dog"), "mmdet_version": "2.0.0"}


class Network(nn.Module):
    """As much of an mmdet network as `load_weights` looks at."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Linear(3, 4)
        self.roi_head = nn.Module()
        self.roi_head.bbox_head = nn.BatchNorm1d(4)
        self.roi_head.bbox_head.num_classes = 2  # type: ignore[assignment]


def _saved(folder: Path, content: object, **options: Any) -> Path:
    file = folder / "groie.pth"
    torch.save(content, file, **options)
    return file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _saved(tmp_path, {"meta": META, "state_dict": Network().state_dict()})


@pytest.mark.parametrize("is_zip", [True, False], ids=["as today", "as torch wrote in 2020"])
def test_reads_the_layout_of_mmdet_2(tmp_path: Path, is_zip: bool) -> None:
    state = Network().state_dict()
    file = _saved(tmp_path, {"meta": META, "state_dict": state}, _use_new_zipfile_serialization=is_zip)
    found = read_checkpoint(file)
    assert found.classes == ("cat", "dog")
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert not found.weights_are_random
    assert list(found.state) == list(state)
    assert all(torch.equal(found.state[name], state[name]) for name in state)


def test_reads_a_training_checkpoint_of_mmdet_3(tmp_path: Path) -> None:
    from mmengine.logging.history_buffer import HistoryBuffer

    content = {
        "meta": {"dataset_meta": {"CLASSES": ["cat", "dog"], "PALETTE": [(1, 2, 3)]}, "epoch": 12},
        "state_dict": Network().state_dict(),
        "message_hub": {
            "log_scalars": {"train/loss": HistoryBuffer([0.5, 0.25], [1, 1])},
            "runtime_info": {"iter": np.int64(7), "curve": np.ones(3)},
        },
        "optimizer": {"state": {}, "param_groups": []},
    }
    assert read_checkpoint(_saved(tmp_path, content)).classes == ("cat", "dog")


def test_random_weights_say_so(tmp_path: Path) -> None:
    content = {"meta": {**META, "weights_are_random": True}, "state_dict": {}}
    assert read_checkpoint(_saved(tmp_path, content)).weights_are_random


class Payload:
    """A pickle that runs a command when it is loaded."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


@pytest.mark.parametrize("is_zip", [True, False, None], ids=["zip", "legacy", "bare pickle"])
def test_a_pickle_with_code_in_it_is_refused_and_not_run(tmp_path: Path, is_zip: bool | None) -> None:
    trace = tmp_path / "it-ran"
    content = {"meta": META, "state_dict": {}, "extra": Payload(f"touch {trace}")}
    if is_zip is None:
        file = tmp_path / "groie.pth"
        file.write_bytes(pickle.dumps(content, protocol=2))
    else:
        file = _saved(tmp_path, content, _use_new_zipfile_serialization=is_zip)
    with pytest.raises(
        ModelNotLoaded, match=r"nothing but data in .*groie\.pth but it .*(system|more than data)"
    ) as caught:
        read_checkpoint(file)
    assert not trace.exists()
    # torch's own message recommends to load it all the same.
    assert "weights_only" not in str(caught.value)


class Reach:
    """A pickle that takes an attribute of something that may be named."""

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (np.ndarray, "tofile")


def test_only_the_statistics_of_curves_are_taken_as_attributes(tmp_path: Path) -> None:
    content = {"meta": META, "state_dict": {}, "extra": Reach()}
    with pytest.raises(ModelNotLoaded, match="it asks Python to run getattr"):
        read_checkpoint(_saved(tmp_path, content))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "legacy"])
def test_a_truncated_file_is_refused(tmp_path: Path, is_zip: bool, share: float) -> None:
    content = {"meta": META, "state_dict": {"weight": torch.randn(5000)}}
    file = _saved(tmp_path, content, _use_new_zipfile_serialization=is_zip)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelNotLoaded, match=r"Expected a whole checkpoint .*models -- get groie"):
        read_checkpoint(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotLoaded, match=r"GROIE_CHECKPOINT .*none\.pth .*No such file.*get groie"):
        read_checkpoint(tmp_path / "none.pth")


def test_another_hash_than_the_pinned_one_is_refused(file: Path) -> None:
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert read_checkpoint(file, sha256).sha256 == sha256
    with pytest.raises(ModelNotLoaded, match=rf"Expected SHA-256 0{{64}} \(GROIE_SHA256\).*{sha256}"):
        read_checkpoint(file, "0" * 64)


def test_the_hash_must_begin_as_an_official_name_ends(file: Path) -> None:
    official = with_tail(file)
    assert read_checkpoint(official).classes == ("cat", "dog")
    other = official.rename(official.with_name("mask_rcnn_groie_20200604_211715-42eb79e1.pth"))
    with pytest.raises(ModelNotLoaded, match="starts with 42eb79e1"):
        read_checkpoint(other)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "meta and state_dict in .* but received a list"),
        ({"state_dict": {}}, "Expected meta in .* but received NoneType"),
        ({"meta": META}, "Expected state_dict in .* but received NoneType"),
        ({"meta": {}, "state_dict": {}}, r"class names at meta\.CLASSES .* but received None"),
        ({"meta": META, "state_dict": {"a": 1}}, "Expected tensors .* but a are none"),
    ],
)
def test_another_layout_is_refused(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(ModelNotLoaded, match=message):
        read_checkpoint(_saved(tmp_path, content))


def _checkpoint(**changes: Any) -> GroieCheckpoint:
    state = {name: torch.full_like(value, 2) for name, value in Network().state_dict().items()}
    return GroieCheckpoint(state | changes, ("cat", "dog"), "0" * 64, weights_are_random=False)


def test_exactly_the_weights_of_the_network_are_loaded() -> None:
    network = Network()
    load_weights(network, _checkpoint(), "config", Path("groie.pth"))
    assert all(bool((value == 2).all()) for value in network.state_dict().values())


@pytest.mark.parametrize(
    ("missing", "changes", "message"),
    [
        ("backbone.weight", {}, r"backbone\.weight missing"),
        ("roi_head.bbox_head.running_mean", {}, r"running_mean missing"),
        (None, {"neck.weight": torch.zeros(1)}, r"neck\.weight unexpected"),
        (None, {"backbone.bias": torch.zeros(5)}, r"backbone\.bias of another shape"),
        (None, {f"extra.{i}": torch.zeros(1) for i in range(9)}, r"extra\.4 and 4 more unexpected"),
    ],
)
def test_other_weights_are_refused_and_change_nothing(
    missing: str | None, changes: dict[str, Any], message: str
) -> None:
    network, checkpoint = Network(), _checkpoint(**changes)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    if missing:
        del checkpoint.state[missing]
    with pytest.raises(ModelNotLoaded, match=re.escape("GROIE_CONFIG config in groie.pth") + f".*{message}"):
        load_weights(network, checkpoint, "config", Path("groie.pth"))
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_every_output_needs_a_name() -> None:
    checkpoint = GroieCheckpoint(_checkpoint().state, ("cat",), "0" * 64, weights_are_random=False)
    with pytest.raises(ModelNotLoaded, match=r"Expected 2 class names in groie\.pth but received 1"):
        load_weights(Network(), checkpoint, "config", Path("groie.pth"))
