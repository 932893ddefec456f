"""Hashes everything that is on this machine and says what is wrong."""

from collections.abc import Callable

from inference.model_files.content import hash_file
from inference.model_files.model_state import ModelState


def verify_all(states: dict[str, ModelState], say: Callable[[str], None]) -> list[str]:
    """A line for each file as it is hashed; what is wrong, one sentence each, empty where all is right."""
    wrong = []
    for name, state in states.items():
        if not state.files:
            say(f"{name}: not installed ({state.note})")
        for file, expected in state.files.items():
            if not file.is_file():
                wrong.append(f"{name}: expected {file} but there is no such file")
                continue
            found = hash_file(file)
            if why := expected.why_not(found):
                wrong.append(f"{name}: {file}: {why}; {_remedy(name)}")
                continue
            is_known = expected.sha256 or expected.git_blob or expected.sha256_start
            say(f"{name}: {'right    ' if is_known else 'unchecked'} {found.sha256} {file}")
    return wrong


def _remedy(name: str) -> str:
    if name in ("starter", "u2netp"):
        return "delete .venv and run npm run setup"
    return f"npm run models -- get {name} downloads it again"
