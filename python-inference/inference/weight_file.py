"""Weight files that a person brings: checked by SHA-256, then read as tensors and nothing else."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors.torch import load_file
from torch import Tensor

from inference.errors import ModelNotLoaded

TORCH_SUFFIXES = (".pt", ".pth", ".bin")
WEIGHT_SUFFIXES = (".safetensors", *TORCH_SUFFIXES)


def checked_sha256(file: Path, pin: str, setting: str) -> str:
    """SHA-256 (lower-case hex) of a file, to be taken before it is opened as anything else.

    Raises ModelNotLoaded when it cannot be read, or when `pin` is not empty and is another hash; the
    message names `setting`, which holds the pin.
    """
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
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


def _read_safetensors(file: Path) -> dict[str, Tensor]:
    try:
        return load_file(file)
    # A damaged file raises whatever its reader stumbles over: SafetensorError, OSError, MemoryError.
    except Exception as error:
        raise _unreadable(file, _first_line(error)) from error


def _read_pickle(file: Path) -> object:
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    # As above; a damaged or hostile pickle may raise anything.
    except Exception as error:
        # torch's own message goes on to recommend `weights_only=False`, which would run what is in there.
        wanted = re.search(r"GLOBAL (\S+)", str(error))
        if wanted:
            raise _unreadable(file, f"it asks Python to run {wanted[1]}, and weights need none") from error
        if "TorchScript" in str(error):
            why = "it is a TorchScript archive, which is a program; save its state_dict() as .safetensors"
            raise _unreadable(file, why) from error
        if isinstance(error, UnpicklingError):
            raise _unreadable(file, "it is damaged, no weights file, or holds more than tensors") from error
        raise _unreadable(file, _first_line(error)) from error


def _first_line(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text.splitlines()[0][:200]


def _unreadable(file: Path, why: str) -> ModelNotLoaded:
    return ModelNotLoaded(
        f"Expected a whole file of tensors but received {file}: {why}; fetch it again if it may be damaged"
    )
