"""CLIP-CLOP's public code, imported from the folder that CLIP_CLOP_DIR names; none of it is kept here.

It is Apache-2.0 (google-deepmind/arnheim, the folder arnheim_3; Mirowski et al. 2022, arXiv 2205.03146). At
import it asks for packages that its optimizer hardly uses: those are stood in for, and torchvision's three
transforms are Kornia's.
"""

import importlib
import os
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from baselines.augmentations import WhitePerspective, random_crop

SETTING = "CLIP_CLOP_DIR"


class ClipClopMissing(Exception):
    """There is no copy of CLIP-CLOP here; the message says what to set."""


def clip_clop_module(name: str) -> ModuleType:
    """A module of its folder `src`, such as "training". Raises ClipClopMissing."""
    folder = Path(os.environ.get(SETTING) or "/nowhere")
    if not (folder / "src" / "collage_generator.py").exists():
        raise ClipClopMissing(f"{SETTING} names no copy of github.com/google-deepmind/arnheim's arnheim_3")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
        warnings.filterwarnings("ignore", category=FutureWarning, module=r"src\.training")
        _stand_in("torchvision.transforms", **TRANSFORMS)
        _stand_in("matplotlib.pyplot")
        for unused in ("clip", "cv2", "requests"):
            _stand_in(unused)
    return importlib.import_module(f"src.{name}")


def clip_clop_defaults() -> dict[str, Any]:
    """Its default settings, configs/config.yaml. Raises ClipClopMissing."""
    clip_clop_module("transformations")
    import yaml

    text = (Path(os.environ[SETTING]) / "configs" / "config.yaml").read_text()
    return dict(yaml.safe_load(text))


def _stand_in(name: str, **content: object) -> None:
    """A module of that name, in place of the real one only where that is not installed."""
    parent, _, child = name.rpartition(".")
    if parent:
        _stand_in(parent)
    try:
        importlib.import_module(name)
    except ImportError:
        module = sys.modules[name] = ModuleType(name)
        vars(module).update(content)
        if parent:
            setattr(sys.modules[parent], child, module)


def _perspective(fill: float, p: float, distortion_scale: float) -> nn.Module:
    assert (fill, p) == (1, 1), "only white ones, always applied, are stood in for"
    return WhitePerspective(distortion_scale)


def _resized_crop(side: int, scale: tuple[float, float]) -> nn.Module:
    assert scale == (0.7, 0.9), "only this scale is stood in for"
    return random_crop(side)


TRANSFORMS = {
    "Compose": lambda transforms: nn.Sequential(*transforms),
    "RandomPerspective": _perspective,
    "RandomResizedCrop": _resized_crop,
}
