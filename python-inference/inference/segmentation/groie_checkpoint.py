"""Reads GRoIE's weights: whole, as published, and nothing but data."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inference.errors import ModelNotLoaded
from inference.weight_file import PickleRefused, file_sha256, load_data

OFFICIAL_TAIL = re.compile(r"-([0-9a-f]{8})\.pth$")
"""OpenMMLab ends a file's name with the start of its SHA-256."""

SHOWN = 5
AGAIN = "fetch it (`npm run models -- get groie`)"


@dataclass(frozen=True)
class GroieCheckpoint:
    """A checkpoint as read: `state` by parameter name, `classes` in the order of the network's outputs."""

    state: dict[str, Tensor]
    classes: tuple[str, ...]
    sha256: str
    weights_are_random: bool


def read_checkpoint(file: Path, pin: str = "") -> GroieCheckpoint:
    """A checkpoint in the layout of mmdet 2.x (`meta.CLASSES`) or 3.x (`meta.dataset_meta`), on the CPU.

    Nothing in the file is run: a pickle with code in it is refused. `pin` is the SHA-256 hex that the file
    must have (GROIE_SHA256), "" for any; the tail of an official name must agree in any case. Raises
    ModelNotLoaded with the remedy.
    """
    sha256 = _checked_hash(file, pin)
    content = _read(file)
    meta, state = _part(content, "meta", file), _part(content, "state_dict", file)
    strangers = [name for name, value in state.items() if not isinstance(value, Tensor)]
    if strangers:
        raise ModelNotLoaded(f"Expected tensors in state_dict of {file} but {_listed(strangers)} are none")
    described = meta.get("dataset_meta")
    described = {**meta, **(described if isinstance(described, Mapping) else {})}
    classes = described.get("CLASSES") or described.get("classes")
    if not isinstance(classes, list | tuple) or not all(isinstance(name, str) for name in classes):
        raise ModelNotLoaded(f"Expected class names at meta.CLASSES of {file} but received {classes!r}")
    return GroieCheckpoint(
        state=dict(state),
        classes=tuple(classes),
        sha256=sha256,
        weights_are_random=meta.get("weights_are_random") is True,
    )


def load_weights(network: torch.nn.Module, checkpoint: GroieCheckpoint, config: str, file: Path) -> None:
    """Puts the weights into the network of `config`. Raises ModelNotLoaded when any is missing, too many or
    of another shape, or when there is not one class name for each output."""
    wanted = network.state_dict()
    given = checkpoint.state
    problems = [
        f"{_listed(names)} {verb}"
        for verb, names in (
            ("missing", [name for name in wanted if name not in given]),
            ("unexpected", [name for name in given if name not in wanted]),
            (
                "of another shape",
                [name for name in wanted if name in given and wanted[name].shape != given[name].shape],
            ),
        )
        if names
    ]
    if problems:
        raise ModelNotLoaded(
            f"Expected exactly the weights of GROIE_CONFIG {config} in {file} but found "
            f"{'; '.join(problems)}; name the configuration that it belongs to, or {AGAIN}"
        )
    outputs: int = network.roi_head.bbox_head.num_classes  # type: ignore[union-attr, assignment]
    if len(checkpoint.classes) != outputs:
        raise ModelNotLoaded(
            f"Expected {outputs} class names in {file} but received {len(checkpoint.classes)}; {AGAIN}"
        )
    network.load_state_dict(given, strict=True)


def _checked_hash(file: Path, pin: str) -> str:
    try:
        found = file_sha256(file)
    except OSError as error:
        raise ModelNotLoaded(
            f"Expected a readable file at GROIE_CHECKPOINT {file} but received: {error.strerror}; "
            f"put it there or {AGAIN}"
        ) from error
    if pin and found != pin:
        raise ModelNotLoaded(
            f"Expected SHA-256 {pin} (GROIE_SHA256) for {file} but received {found}; "
            f"correct the setting or {AGAIN}"
        )
    tail = OFFICIAL_TAIL.search(file.name)
    if tail and not found.startswith(tail[1]):
        raise ModelNotLoaded(
            f"Expected a SHA-256 that starts with {tail[1]}, as the name of {file} says, but received "
            f"{found}; it is damaged or another file: {AGAIN}"
        )
    return found


def _read(file: Path) -> Mapping[str, Any]:
    try:
        content = load_data(file, _harmless())
    except PickleRefused as error:
        raise ModelNotLoaded(
            f"Expected a whole checkpoint with nothing but data in {file} but {error}; {AGAIN}"
        ) from error
    if not isinstance(content, Mapping):
        raise ModelNotLoaded(
            f"Expected meta and state_dict in {file} but received a {type(content).__name__}; "
            "it is no checkpoint of mmdet"
        )
    return content


def _harmless() -> list[Any]:
    """What a training checkpoint of mmdet 3.x holds beside tensors: counters and curves. These classes only
    hold values. mmengine allows `getattr` itself, with which a file could reach further."""
    multiarray = importlib.import_module("numpy._core.multiarray")
    from mmengine.logging.history_buffer import HistoryBuffer

    # Written by numpy 1 or 2, they go by either name.
    arrays = [
        (function, f"{module}.{name}")
        for name, function in (
            ("_reconstruct", multiarray._reconstruct),
            ("scalar", multiarray.scalar),
        )
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
    ]
    kinds = [type(np.dtype(kind)) for kind in (np.float32, np.float64, np.int32, np.int64, np.uint32)]

    HistoryBuffer()  # registers its statistics
    statistics = HistoryBuffer._statistics_methods

    def statistic(owner: type, name: str) -> Any:
        """What the curves' pickles use `getattr` for, and no more."""
        if owner is not HistoryBuffer or name not in statistics:
            raise UnpicklingError(f"GLOBAL getattr of {name}")
        return statistics[name]

    return [(statistic, "builtins.getattr"), HistoryBuffer, np.ndarray, np.dtype, *kinds, *arrays]


def _part(content: Mapping[str, Any], name: str, file: Path) -> Mapping[str, Any]:
    part = content.get(name)
    if not isinstance(part, Mapping):
        raise ModelNotLoaded(
            f"Expected {name} in {file} but received {type(part).__name__}; it is no checkpoint of mmdet"
        )
    return part


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
