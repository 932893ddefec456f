"""What trained CLIP weights must be able to do; run where the environment names some by CLIP_MODEL."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from inference.embedding.clip import ClipPerceptor, load_clip
from inference.pictures import MEBIBYTE, decode_rgb
from inference.settings import read_settings

pytestmark = pytest.mark.skipif(
    not os.environ.get("CLIP_MODEL"), reason="CLIP_MODEL names no trained CLIP to test"
)


@pytest.fixture(scope="module")
def clip() -> ClipPerceptor:
    perceptor = load_clip(read_settings(os.environ, []), torch.device("cpu"))
    if perceptor.describe().weights_are_random:
        pytest.skip(f"the weights of CLIP_MODEL={os.environ['CLIP_MODEL']} are random")
    return perceptor


def _photo(file: Path, side: int) -> Tensor:
    photo = Image.fromarray(decode_rgb(file.read_bytes(), 16 * MEBIBYTE))
    squashed = photo.resize((side, side), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(squashed)).permute(2, 0, 1)[None] / 255  # (1, 3, S, S)


def test_words_of_one_kind_are_closer_than_words_of_two(clip: ClipPerceptor) -> None:
    penguins, birds, trumpet = clip.encode_texts(["penguins", "sea birds", "a trumpet"])
    assert penguins @ birds > penguins @ trumpet + 0.05


def test_drawn_colors_are_told_apart(clip: ClipPerceptor) -> None:
    side = clip.describe().input_size
    colors = {"red": (1.0, 0.0, 0.0), "green": (0.0, 0.6, 0.0), "blue": (0.0, 0.0, 1.0)}
    pictures = torch.stack(
        [torch.tensor(color).view(3, 1, 1).expand(3, side, side) for color in colors.values()]
    )
    texts = clip.encode_texts([f"the color {color}" for color in colors])
    with torch.no_grad():
        assert (clip.encode_pictures(pictures) @ texts.T).argmax(dim=1).tolist() == [0, 1, 2]


def test_each_photo_is_closest_to_its_own_word(clip: ClipPerceptor, corpus: Path) -> None:
    files = {
        "penguins": "fauna-african-penguin-hero",
        "butterflies": "fauna-butterfly-gallery-1",
        "an elephant": "fauna-elephant-hero",
        "a dog": "fauna-beagle-hero",
    }
    texts = clip.encode_texts(list(files))
    side = clip.describe().input_size
    with torch.no_grad():
        photos = torch.cat(
            [clip.encode_pictures(_photo(corpus / f"{name}.jpg", side)) for name in files.values()]
        )
    assert (photos @ texts.T).argmax(dim=1).tolist() == [0, 1, 2, 3]
