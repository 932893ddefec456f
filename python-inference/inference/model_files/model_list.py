"""The list of models, for a person."""

from inference.model_files.model_state import ModelState, chosen
from inference.model_files.places import Places
from inference.model_files.progress import megabytes


def model_list(places: Places, states: dict[str, ModelState]) -> list[str]:
    """Lines: each model with what it is for, its license, size, source, SHA-256, how it is checked, and which
    ones the settings take."""
    lines = [f"Models (MODELS_DIR: {places.models_dir})"]
    for role, setting in (("perceptor", places.perceptor), ("segmenter", places.segmenter)):
        taken = chosen(role, setting, states)
        why = (
            ", for the better one is not here" if taken in ("starter", "u2netp") and setting == "auto" else ""
        )
        lines += ["", f"{role}: {role.upper()}={setting} takes {taken}{why}"]
        for state in states.values():
            if state.entry.role == role:
                lines += _described(state, state.entry.name == taken)
    return lines


def _described(state: ModelState, is_taken: bool) -> list[str]:
    name = state.entry.name
    lines = [f"{'*' if is_taken else ' '} {name:<9}{_standing(state)}"]
    rows = {"purpose": state.entry.purpose, "source": state.source, "license": state.license}
    if not state.files:
        rows["size"] = state.entry.size
    else:
        size = sum(file.stat().st_size for file in state.files if file.exists())
        count = len(state.files)
        rows["size"] = f"{megabytes(size)}{f' in {count} files' if count > 1 else ''}"
        weights, expected = next(iter(state.files.items()))
        known = expected.sha256 or (f"{expected.sha256_start}..." if expected.sha256_start else "not known")
        rows["SHA-256"] = f"{known} ({weights.name})"
        rows["checked"] = state.checked
    return lines + [f"             {title + ':':<9}{words}" for title, words in rows.items()]


def _standing(state: ModelState) -> str:
    there = "installed" if state.is_whole else "there, but" if state.files else "not installed:"
    return f"{there} {state.note}".rstrip()
