"""Where the files of a CLIP model from a hub lie on this machine, if they do."""

import re
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

HUB_ID = re.compile(r"(?P<id>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(@(?P<revision>[\w.-]+))?")
CONFIG = "config.json"
PREPROCESSOR = "preprocessor_config.json"
# The first that is there; both hold the same tensors, safetensors without a pickle.
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
# A tokenizer is the one file, or the two.
TOKENIZER = "tokenizer.json"
TOKENIZER_PARTS = ("vocab.json", "merges.txt")
TOKENIZER_SETTINGS = ("tokenizer_config.json", "special_tokens_map.json")


def is_hub_id(clip_model: str) -> bool:
    """Whether CLIP_MODEL names a hub repository, `owner/name` without a revision, and no file or folder."""
    hub_id = HUB_ID.fullmatch(clip_model)
    return hub_id is not None and hub_id["revision"] is None and not Path(clip_model).exists()


def local_clip_folder(clip_model: str, models_dir: Path) -> Path | None:
    """The folder that holds the hub model `owner/name`, for `from_pretrained(folder, local_files_only=True)`.

    First MODELS_DIR/owner/name, where `npm run models -- get clip` puts it, then the Hugging Face cache,
    where other programs do; never the network. None where it is in neither, or not whole.
    """
    if not is_hub_id(clip_model):
        return None
    folder = models_dir / clip_model
    if not missing_clip_files({file.name for file in folder.glob("*")}):
        return folder
    config = try_to_load_from_cache(clip_model, CONFIG)
    if isinstance(config, str):
        snapshot = Path(config).parent
        if not missing_clip_files({file.name for file in snapshot.glob("*") if file.exists()}):
            return snapshot
    return None


def missing_clip_files(names: set[str]) -> list[str]:
    """What a CLIP model in the layout of transformers lacks of these files of it."""
    missing = [name for name in (CONFIG, PREPROCESSOR) if name not in names]
    if not any(name in names for name in WEIGHTS):
        missing.append(" or ".join(WEIGHTS))
    if TOKENIZER not in names and not all(name in names for name in TOKENIZER_PARTS):
        missing.append(f"{TOKENIZER} or {' and '.join(TOKENIZER_PARTS)}")
    return missing


def wanted_clip_files(names: set[str]) -> list[str]:
    """Of the files of a repository those that the loader reads, the small ones first."""
    weights = next((name for name in WEIGHTS if name in names), None)
    small = (CONFIG, PREPROCESSOR, TOKENIZER, *TOKENIZER_PARTS, *TOKENIZER_SETTINGS)
    return [name for name in (*small, weights) if name in names]
