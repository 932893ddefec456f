"""Which models are on this machine, and what `auto` takes."""

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path

from inference.model_files.catalog import CATALOG, CLIP, GROIE, HUB_PINS, STARTER, U2NETP, CatalogEntry
from inference.model_files.content import Expected
from inference.model_files.get_groie import expected_checkpoint
from inference.model_files.local_clip import WEIGHTS, is_hub_id, local_clip_folder, missing_clip_files
from inference.model_files.lock_file import Lock, read_lock
from inference.model_files.packaged_models import packaged_files
from inference.model_files.places import Places
from inference.model_files.progress import megabytes

# What mmdetection needs to run; `requirements-groie` installs it.
GROIE_PACKAGE = "mmdet"
SHA256_DIGITS, GIT_DIGITS = 64, 40


@dataclass(frozen=True)
class ModelState:
    """A model of the catalog, as it is here.

    `files`: what is there and what each must be, the weights first; `note`: what is missing or odd;
    `checked`: against what the files were or are checked, in words; `is_whole`: it can be loaded.
    """

    entry: CatalogEntry
    is_whole: bool
    source: str
    license: str
    files: dict[Path, Expected] = field(default_factory=dict)
    checked: str = ""
    note: str = ""


def model_states(places: Places) -> dict[str, ModelState]:
    """All models of the catalog, in its order. Raises ModelFileError on an unreadable lock file."""
    states = [
        _clip(places),
        _packaged(STARTER, "the perceptor's judge among them"),
        _groie(places),
        _packaged(U2NETP, "its labels' classifier among them"),
    ]
    by_name = {state.entry.name: state for state in states}
    return {name: by_name[name] for name in CATALOG}


def chosen(role: str, setting: str, states: dict[str, ModelState]) -> str:
    """The model that PERCEPTOR or SEGMENTER takes: for `auto` the first of its role that is whole."""
    if setting != "auto":
        return setting
    names = [state.entry.name for state in states.values() if state.entry.role == role]
    return next((name for name in names if states[name].is_whole), names[-1])


def _packaged(entry: CatalogEntry, detail: str) -> ModelState:
    files = packaged_files(entry.name)
    if not files:
        return ModelState(
            entry, False, "packages", entry.license, note="a package is missing: npm run setup installs it"
        )
    source = f"packages of python-inference/requirements-weights.lock ({detail})"
    return ModelState(entry, True, source, entry.license, files, "SHA-256, at every load")


def _clip(places: Places) -> ModelState:
    model = places.clip_model
    if not is_hub_id(model):
        own = Path(model).expanduser()
        files = [own] if own.is_file() else sorted(own.glob("*"), key=lambda file: file.name not in WEIGHTS)
        whole = own.is_file() or (own.is_dir() and not missing_clip_files({file.name for file in files}))
        note = (
            "" if whole else f"CLIP_MODEL names {model}, which is no file and no whole folder of a CLIP model"
        )
        return ModelState(
            CLIP, whole, f"{model}, your own (CLIP_MODEL)", "yours to know", _own(files), "never", note
        )
    ours = places.models_dir / model
    lock = read_lock(ours) if ours.is_dir() else None
    folder = local_clip_folder(model, places.models_dir)
    if lock and folder in (ours, None):
        return _locked_clip(ours, model, lock)
    if folder is None:
        pin = HUB_PINS.get(model)
        revision = f", revision {pin.revision}" if pin else ""
        return ModelState(
            CLIP, False, f"{model}{revision}, from {places.hub}", CLIP.license, note=_absent(places, model)
        )
    weights_first = sorted(folder.iterdir(), key=lambda file: (file.name not in WEIGHTS, file.name))
    if folder == ours:
        return ModelState(
            CLIP, True, f"{folder}, put there by hand", CLIP.license, _own(weights_first), "never"
        )
    cached = {file: _cached(file) for file in weights_first if file.is_file()}
    return ModelState(
        CLIP,
        True,
        f"{model}, in the Hugging Face cache: {folder}",
        CLIP.license,
        cached,
        "by its hub's names",
    )


def _locked_clip(folder: Path, model: str, lock: Lock) -> ModelState:
    """One that `get` downloaded, maybe damaged since."""
    names = sorted(lock.files, key=lambda name: (name not in WEIGHTS, name))
    files = {folder / name: Expected(lock.files[name].size, lock.files[name].sha256) for name in names}
    lacking = [file.name for file in files if not file.exists()]
    return ModelState(
        CLIP,
        not lacking,
        f"{model}, revision {lock.revision}, from {lock.source}",
        lock.license,
        files,
        f"at the download: {lock.files[names[0]].how}",
        f"{', '.join(lacking)} is missing: npm run models -- get clip" if lacking else "",
    )


def _groie(places: Places) -> ModelState:
    file = places.groie_file
    has_packages = importlib.util.find_spec(GROIE_PACKAGE) is not None
    packages = "" if has_packages else "the packages of requirements-groie are not installed"
    if not file.is_file():
        part = file.with_name(f"{file.name}.part")
        got = f"{megabytes(part.stat().st_size)} of it came so far: " if part.exists() else ""
        remedy = "npm run models -- get groie" if "://" in places.groie_checkpoint else "set GROIE_CHECKPOINT"
        note = f"{got}{remedy}{f'; {packages}' if packages else ''}"
        return ModelState(GROIE, False, places.groie_checkpoint, GROIE.license, note=note)
    lock = read_lock(file)
    locked = lock.files.get(file.name) if lock else None
    expected = Expected(locked.size, locked.sha256) if locked else expected_checkpoint(file.name)
    checked = f"at the download: {locked.how}" if locked else expected.how
    source = lock.source if lock else f"{file}, put there by hand"
    return ModelState(GROIE, has_packages, source, GROIE.license, {file: expected}, checked, packages)


def _absent(places: Places, model: str) -> str:
    """What to do about a CLIP model that is not here, or not whole."""
    folder = places.models_dir / model
    part = folder.with_name(f"{folder.name}.part")
    if folder.is_dir():
        missing = ", ".join(missing_clip_files({file.name for file in folder.iterdir()}))
        return f"{folder} lacks {missing}"
    if part.is_dir():
        size = sum(file.stat().st_size for file in part.iterdir())
        return f"{megabytes(size)} of it came so far: npm run models -- get clip goes on"
    return "npm run models -- get clip"


def _own(files: list[Path]) -> dict[Path, Expected]:
    return {file: Expected() for file in files if file.is_file()}


def _cached(file: Path) -> Expected:
    """The cache of huggingface_hub names its blobs by SHA-256 where they are large, by git's id otherwise."""
    blob = file.resolve()
    size = blob.stat().st_size
    if len(blob.name) == SHA256_DIGITS:
        return Expected(size, sha256=blob.name)
    return Expected(size, git_blob=blob.name) if len(blob.name) == GIT_DIGITS else Expected()
