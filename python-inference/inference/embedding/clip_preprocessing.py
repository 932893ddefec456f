"""What a CLIP model wants done to a picture; it travels with the model's files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from inference.errors import ModelNotLoaded

Channels = tuple[float, float, float]

# OpenAI's, and those of nearly everyone since. One that differs is LAION-2B's ViT-L-14: 0.5 throughout.
OPENAI_MEAN = (0.48145466, 0.4578275, 0.40821073)
OPENAI_DEVIATION = (0.26862954, 0.26130258, 0.27577711)
# Pillow's number, which preprocessor_config.json uses.
PILLOW_BICUBIC = 3


@dataclass(frozen=True)
class ClipPreprocessing:
    """Side in pixels, and mean and standard deviation of red, green and blue in [0, 1].

    Convention: the whole picture, squashed to the square by bicubic resampling, by whoever prepares it
    (`EmbeddingService`, the compositor's views). CLIP's own evaluation crops the center instead; a
    collage must be judged up to its edges.
    """

    side: int
    mean: Channels = OPENAI_MEAN
    deviation: Channels = OPENAI_DEVIATION
    interpolation: str = "bicubic"

    def normalize(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) sRGB in [0, 1] -> the model's own range, differentiable."""
        mean = torch.tensor(self.mean, device=pictures.device).view(3, 1, 1)
        deviation = torch.tensor(self.deviation, device=pictures.device).view(3, 1, 1)
        return (pictures - mean) / deviation


def preprocessing_of_folder(folder: Path, side: int) -> ClipPreprocessing:
    """What the folder's preprocessor_config.json says. Raises ModelNotLoaded when that is missing,
    damaged, made for another side, or asks for what we do not do."""
    file = folder / "preprocessor_config.json"
    found = read_json(file)
    crop = found.get("crop_size", found.get("size", side))
    if isinstance(crop, Mapping):
        crop = crop.get("height", crop.get("shortest_edge"))
    if crop != side:
        raise ModelNotLoaded(f"Expected pictures of {side} pixels, as config.json says, in {file} but "
                             f"received {crop!r}")  # fmt: skip
    if found.get("resample", PILLOW_BICUBIC) != PILLOW_BICUBIC:
        raise _not_bicubic(file, found["resample"])
    return ClipPreprocessing(
        side,
        _channels(file, found, "image_mean", OPENAI_MEAN),
        _channels(file, found, "image_std", OPENAI_DEVIATION),
    )


def preprocessing_beside(weights: Path, side: int) -> ClipPreprocessing:
    """For a raw open_clip file: what an open_clip_config.json beside it says, else OpenAI's. Raises
    ModelNotLoaded when that file is damaged or asks for what we do not do."""
    file = weights.parent / "open_clip_config.json"
    if not file.is_file():
        return ClipPreprocessing(side)
    found = read_json(file).get("preprocess_cfg") or {}
    if found.get("interpolation", "bicubic") != "bicubic":
        raise _not_bicubic(file, found["interpolation"])
    return ClipPreprocessing(
        side,
        _channels(file, found, "mean", OPENAI_MEAN),
        _channels(file, found, "std", OPENAI_DEVIATION),
    )


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises ModelNotLoaded when there is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelNotLoaded(f"Expected a JSON file but received {file} ({error})") from error
    if not isinstance(found, dict):
        raise ModelNotLoaded(f"Expected a JSON object in {file} but received a {type(found).__name__}")
    return found


def _channels(file: Path, found: Mapping[str, Any], name: str, default: Channels) -> Channels:
    value = found.get(name, default)
    try:
        red, green, blue = (float(channel) for channel in value)
    except (TypeError, ValueError) as error:
        raise ModelNotLoaded(f"Expected three numbers for {name} in {file} but received {value!r}") from error
    return red, green, blue


def _not_bicubic(file: Path, received: object) -> ModelNotLoaded:
    return ModelNotLoaded(
        f"Expected bicubic resampling in {file}, the only kind photos are prepared with here, "
        f"but received {received!r}"
    )
