"""The shapes that CLIP models come in, by name: what a checkpoint is checked against."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from inference.errors import ModelNotLoaded
from inference.settings import SettingInvalid

# A transformers CLIPConfig; its declared types leave open what is there once it has been read.
ClipConfig: TypeAlias = Any


@dataclass(frozen=True)
class ClipArchitecture:
    """Sizes of both towers, as open_clip's model_configs state them; picture side in pixels."""

    picture_side: int
    patch_side: int
    vision_width: int
    vision_layers: int
    text_width: int
    text_layers: int
    vector_width: int


ARCHITECTURES = {
    "ViT-B-32": ClipArchitecture(224, 32, 768, 12, 512, 12, 512),
    "ViT-B-16": ClipArchitecture(224, 16, 768, 12, 512, 12, 512),
    "ViT-L-14": ClipArchitecture(224, 14, 1024, 24, 768, 12, 768),
    "ViT-L-14-336": ClipArchitecture(336, 14, 1024, 24, 768, 12, 768),
}


def named_architecture(name: str) -> ClipArchitecture | None:
    """The architecture of that name (`ViT-B-32` or `ViT-B/32`), None for an empty one.

    Raises SettingInvalid, which names CLIP_ARCHITECTURE.
    """
    if not name:
        return None
    found = ARCHITECTURES.get(name.replace("/", "-"))
    if found is None:
        raise SettingInvalid("CLIP_ARCHITECTURE", f"one of {', '.join(ARCHITECTURES)} or nothing", repr(name))
    return found


def check_architecture(config: ClipConfig, expected: ClipArchitecture, source: str) -> None:
    """Raises ModelNotLoaded, naming both, when a checkpoint has other sizes than the setting says."""
    vision, text = config.vision_config, config.text_config
    found = ClipArchitecture(
        picture_side=vision.image_size,
        patch_side=vision.patch_size,
        vision_width=vision.hidden_size,
        vision_layers=vision.num_hidden_layers,
        text_width=text.hidden_size,
        text_layers=text.num_hidden_layers,
        vector_width=config.projection_dim,
    )
    if found != expected:
        raise ModelNotLoaded(
            f"Expected CLIP_ARCHITECTURE, {expected}, for {source} but received {found}; "
            "leave CLIP_ARCHITECTURE empty to take what the file holds"
        )
