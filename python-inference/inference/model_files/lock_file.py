"""What was found at the first download, beside the model: what it must be from then on."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from inference.model_files.errors import ModelFileError


@dataclass(frozen=True)
class LockedFile:
    """`how`: what its content was checked against, in words."""

    size: int
    sha256: str
    how: str


@dataclass(frozen=True)
class Lock:
    """`source`: where it came from; `revision`: the hub's commit or the file's name."""

    source: str
    revision: str
    license: str
    files: dict[str, LockedFile]


def lock_path(model: Path) -> Path:
    """Beside the model's file or folder."""
    return model.with_name(f"{model.name}.lock.json")


def read_lock(model: Path) -> Lock | None:
    """None where there is none. Raises ModelFileError on one that cannot be read."""
    path = lock_path(model)
    try:
        content = json.loads(path.read_text())
        files = {name: LockedFile(**file) for name, file in content.pop("files").items()}
        return Lock(**content, files=files)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelFileError(
            f"Expected a lock file in {path} but it cannot be read ({error}); "
            "delete it to trust the files anew"
        ) from error


def write_lock(model: Path, lock: Lock) -> None:
    """Whole or not at all."""
    path = lock_path(model)
    part = path.with_name(f"{path.name}.part")
    part.write_text(f"{json.dumps(asdict(lock), indent=2)}\n")
    os.replace(part, path)
