"""Pictures on disk: what was judged can be looked at."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from inference.composition.compositor import to_pixels
from inference.pictures import encode_png


def write_picture(file: Path, picture: Tensor) -> None:
    """Writes a (3, H, W) picture in [0, 1] as an 8-bit PNG; the folder is made where it is missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encode_png(to_pixels(picture.clamp(0, 1)).numpy()))


def read_picture(file: Path) -> Tensor:
    """(3, H, W) float32 in [0, 1] of a PNG."""
    return torch.from_numpy(np.array(Image.open(file).convert("RGB"))).permute(2, 0, 1) / 255
