"""Whether model files are still what they were."""

from pathlib import Path

from inference.model_files.content import Expected, hash_file
from inference.model_files.lock_file import Lock


def damage(model: Path, lock: Lock) -> dict[str, str]:
    """What is wrong with the files of a lock, by name; empty where all is right.

    `model`: the model's file or folder.
    """
    wrong = {}
    for name, locked in lock.files.items():
        file = model / name if model.is_dir() else model
        if not file.is_file():
            wrong[name] = "expected a file but there is none"
        elif why := Expected(locked.size, locked.sha256).why_not(hash_file(file)):
            wrong[name] = why
    return wrong
