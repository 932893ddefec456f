"""Where model files lie and come from: settings that the sidecar and the set-up share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import constants

from inference.model_files.catalog import DEFAULT_CLIP_MODEL, DEFAULT_GROIE_ADDRESS

DEFAULT_MODELS_DIR = "~/.cache/clip-and-paste/models"
# The clone: what a relative MODELS_DIR is relative to, from wherever the program was started.
CLONE = Path(__file__).parents[3]


def models_folder(text: str) -> Path:
    """The folder that MODELS_DIR names."""
    return CLONE / Path(text).expanduser()


@dataclass(frozen=True)
class Places:
    """`groie_checkpoint`: an address, or a local path of the user's own; `hub`: address of the model hub."""

    models_dir: Path
    clip_model: str
    groie_checkpoint: str
    hub: str
    perceptor: str
    segmenter: str

    @property
    def groie_file(self) -> Path:
        """Where the checkpoint lies or will lie."""
        name = self.groie_checkpoint
        return self.models_dir / name.rpartition("/")[2] if "://" in name else Path(name).expanduser()


def read_places(environment: Mapping[str, str]) -> Places:
    """From the environment; an empty value counts as unset."""

    def setting(name: str, default: str) -> str:
        return environment.get(name) or default

    return Places(
        models_dir=models_folder(setting("MODELS_DIR", DEFAULT_MODELS_DIR)),
        clip_model=setting("CLIP_MODEL", DEFAULT_CLIP_MODEL),
        groie_checkpoint=setting("GROIE_CHECKPOINT", DEFAULT_GROIE_ADDRESS),
        hub=setting("HF_ENDPOINT", constants.ENDPOINT).rstrip("/"),
        perceptor=setting("PERCEPTOR", "auto"),
        segmenter=setting("SEGMENTER", "auto"),
    )
