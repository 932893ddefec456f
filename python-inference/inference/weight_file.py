"""Weight files that a person brings: checked by SHA-256, then read as tensors and nothing else."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from inference.errors import ModelNotLoaded

TORCH_SUFFIXES = (".pt", ".pth", ".bin")
WEIGHT_SUFFIXES = (".safetensors", *TORCH_SUFFIXES)


def file_sha256(file: Path) -> str:
    """SHA-256 (lower-case hex) of a file. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def checked_sha256(file: Path, pin: str, setting: str) -> str:
    """SHA-256 (lower-case hex) of a file, to be taken before it is opened as anything else.

    Raises ModelNotLoaded when it cannot be read, or when `pin` is not empty and is another hash; the
    message names `setting`, which holds the pin.
    """
    try:
        found = file_sha256(file)
    except OSError as error:
        raise ModelNotLoaded(
            f"Expected a file that can be read but received {file} ({error.strerror})"
        ) from error
    if pin and found != pin.lower():
        raise ModelNotLoaded(
            f"Expected the SHA-256 of {setting}, {pin.lower()}, for {file} but received {found}; "
            f"fetch the file again, or correct {setting}"
        )
    return found


class PickleRefused(Exception):
    """Why a pickle was not read, as the second half of a sentence."""


def load_data(file: Path, harmless: Sequence[Any] = ()) -> object:
    """What a pickle of torch holds, on the CPU: tensors, plain values, and what `harmless` names as
    `torch.serialization.safe_globals` takes it. Raises PickleRefused; nothing in the file is run."""
    try:
        with torch.serialization.safe_globals(list(harmless)):
            return torch.load(file, map_location="cpu", weights_only=True)
    # A damaged or hostile pickle may raise anything.
    except Exception as error:
        raise PickleRefused(_why(error)) from error


def _why(error: Exception) -> str:
    """Not torch's own words: they go on to recommend `weights_only=False`, which runs what is in there."""
    wanted = re.search(r"GLOBAL (\S+)", str(error))
    if wanted:
        return f"it asks Python to run {wanted[1]}, and weights need none"
    if "TorchScript" in str(error):
        return "it is a TorchScript archive, which is a program; save its state_dict() as .safetensors"
    if isinstance(error, UnpicklingError):
        return "it is damaged, no weights file, or holds more than data"
    return f"it is damaged ({_first_line(error)})"


def read_tensors(file: Path) -> dict[str, Tensor]:
    """Tensors by name, on the CPU, in the type they were saved in.

    `.safetensors` files hold nothing but tensors. Others are pickles: torch's `weights_only` reader
    refuses every one that asks for code, before any of it runs. A training checkpoint (`state_dict`
    inside, names that begin with `module.`) is unwrapped. Raises ModelNotLoaded.
    """
    if file.suffix == ".safetensors":
        return _read_safetensors(file)
    found = _read_pickle(file)
    if isinstance(found, Mapping) and isinstance(found.get("state_dict"), Mapping):
        found = found["state_dict"]
    if not isinstance(found, Mapping) or not found:
        raise _unreadable(file, f"it holds a {type(found).__name__}, not tensors by name")
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise _unreadable(file, f"its entry {name!r} is a {type(value).__name__}, not a tensor")
    return {name.removeprefix("module."): value.detach() for name, value in found.items()}


def says_random(file: Path) -> bool:
    """Whether a `.safetensors` file says of itself, in its metadata, `weights_are_random: true`. Others have
    no place for it. Raises ModelNotLoaded."""
    if file.suffix != ".safetensors":
        return False
    try:
        with safe_open(file, "pt") as opened:
            return (opened.metadata() or {}).get("weights_are_random") == "true"
    except Exception as error:  # as below
        raise _unreadable(file, _first_line(error)) from error


def _read_safetensors(file: Path) -> dict[str, Tensor]:
    try:
        return load_file(file)
    # A damaged file raises whatever its reader stumbles over: SafetensorError, OSError, MemoryError.
    except Exception as error:
        raise _unreadable(file, _first_line(error)) from error


def _read_pickle(file: Path) -> object:
    try:
        return load_data(file)
    except PickleRefused as error:
        raise _unreadable(file, str(error)) from error


def _first_line(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text.splitlines()[0][:200]


def _unreadable(file: Path, why: str) -> ModelNotLoaded:
    return ModelNotLoaded(
        f"Expected a whole file of tensors but received {file}: {why}; fetch it again if it may be damaged"
    )
