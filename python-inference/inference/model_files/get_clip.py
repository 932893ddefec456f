"""CLIP from a model hub into MODELS_DIR/owner/name."""

import os
from collections.abc import Callable
from pathlib import Path

from inference.model_files.catalog import CLIP, DEFAULT_CLIP_MODEL, HUB_PINS
from inference.model_files.content import Expected
from inference.model_files.download import Downloader, free_bytes
from inference.model_files.errors import ContentWrong, DiskFull, ModelFileError
from inference.model_files.hub import Hub, HubModel
from inference.model_files.local_clip import is_hub_id, local_clip_folder
from inference.model_files.lock_file import Lock, LockedFile, lock_path, read_lock, write_lock
from inference.model_files.progress import megabytes
from inference.model_files.verify import damage


def get_clip(
    clip_model: str,
    models_dir: Path,
    hub: Hub,
    downloader: Downloader,
    say: Callable[[str], None],
    room: Callable[[Path], int] = free_bytes,
) -> Path:
    """Downloads what is missing of the hub model `owner/name`; its folder.

    The folder appears when all its files are there and right; until then they gather in `name.part`. A model
    that was there before comes back as it was: its lock names the commit and the hashes.

    Raises ModelFileError.
    """
    if not is_hub_id(clip_model):
        raise ModelFileError(
            f"Expected a hub id such as {DEFAULT_CLIP_MODEL} for CLIP_MODEL but received {clip_model!r}: "
            "files of your own are used where they lie, there is nothing to get"
        )
    folder = models_dir / clip_model
    lock = read_lock(folder)
    if folder.is_dir():
        if lock is None:
            say(f"clip: {folder} is there, put there by hand; move it away to download it")
            return folder
        damaged = damage(folder, lock)
        if not damaged:
            say(f"clip: {folder} is there and right")
            return folder
        _take_apart(folder, damaged, say)
    elif cached := local_clip_folder(clip_model, models_dir):
        say(f"clip: {cached} is there, in the Hugging Face cache")
        return cached
    pin = HUB_PINS.get(clip_model)
    revision = lock.revision if lock else pin.revision if pin else None
    model = hub.clip_model(clip_model, revision, pin)
    license = CLIP.license if clip_model.startswith("openai/") else model.license or "not stated by the hub"
    say(
        f"clip: {clip_model}, revision {model.revision}, {megabytes(model.size)} from {hub.address}\n"
        f"clip: license {license}"
    )
    part = folder.with_name(f"{folder.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    _check_room(model, part, room)
    locked = {}
    for file in model.files:
        found = downloader.download(file.url, part / file.name, _as_locked(file.expected, lock, file.name))
        locked[file.name] = LockedFile(found.size, found.sha256, file.expected.how)
    for stray in set(part.iterdir()) - {part / name for name in locked}:
        stray.unlink()
    write_lock(folder, Lock(hub.address, model.revision, license, locked))
    os.replace(part, folder)
    say(f"clip: {folder} is there, checked; what was found is in {lock_path(folder).name}")
    return folder


def _take_apart(folder: Path, damaged: dict[str, str], say: Callable[[str], None]) -> None:
    """Back to the gathering place, without what is wrong."""
    for name, wrong in damaged.items():
        say(f"clip: {folder / name}: {wrong}; it is downloaded again")
        (folder / name).unlink(missing_ok=True)
    part = folder.with_name(f"{folder.name}.part")
    if part.exists():
        raise ModelFileError(f"{part} is in the way; delete it and try again")
    os.replace(folder, part)


def _as_locked(expected: Expected, lock: Lock | None, name: str) -> Expected:
    """What was trusted at the first download binds the later ones."""
    known = lock.files.get(name) if lock else None
    if known is None:
        return expected
    if expected.sha256 and expected.sha256 != known.sha256:
        raise ContentWrong(
            f"{name}: expected SHA-256 {known.sha256}, as the lock file says, "
            f"but the hub offers {expected.sha256}"
        )
    return Expected(known.size, known.sha256, git_blob=expected.git_blob)


def _check_room(model: HubModel, part: Path, room: Callable[[Path], int]) -> None:
    """For all files together: a disk that takes only the first ones is full in minutes, not at once."""
    there = sum(file.stat().st_size for file in part.iterdir())
    needed, free = max(0, model.size - there), room(part)
    if needed > free:
        raise DiskFull(
            f"{model.repository} needs {megabytes(needed)} more in {part.parent} but only {megabytes(free)} "
            "are free: make room there, or set MODELS_DIR to a folder on another disk"
        )
