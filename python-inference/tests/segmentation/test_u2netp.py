from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from inference.errors import ModelNotLoaded
from inference.segmentation import u2netp
from inference.segmentation.borders import TouchedBorders, touched_borders
from inference.segmentation.duplicates import mask_iou
from inference.segmentation.u2netp import load_u2netp
from tests.segmentation.drawn_photos import composed, ellipse, mountains, star, texture
from tests.segmentation.segmenter_contract import assert_keeps_the_contract

HEIGHT, WIDTH = 360, 480
MEADOW = texture(HEIGHT, WIDTH, (70, 110, 60), 18, 3, seed=1)
RED = texture(HEIGHT, WIDTH, (200, 60, 40), 20, 5, seed=2)
YELLOW = texture(HEIGHT, WIDTH, (225, 190, 60), 15, 4, seed=3)


class ColorClassifier:
    """Knows red, green and mountains: the share of red and of green in the whole picture."""

    input_size = 32
    class_names = ["red", "green", "mountain"]  # noqa: RUF012
    digest = "c" * 64

    def classify(self, pictures: Tensor) -> Tensor:
        means = pictures.mean(dim=(2, 3))[:, :2]
        shares = means / means.sum(dim=1, keepdim=True) * 0.95
        return torch.cat([shares, torch.full((len(pictures), 1), 0.05)], dim=1)


@pytest.fixture(scope="module")
def segmenter() -> u2netp.U2NetP:
    return load_u2netp(ColorClassifier(), threads=2)


def test_keeps_the_contract(segmenter: u2netp.U2NetP) -> None:
    photo = composed(
        MEADOW,
        (RED, ellipse(HEIGHT, WIDTH, (40, 110, 180, 270))),
        (YELLOW, star(HEIGHT, WIDTH, (350, 180), 90)),
    )
    assert_keeps_the_contract(segmenter, photo, least_count=2)


@pytest.mark.parametrize(
    ("colors", "alpha"),
    [
        (RED, ellipse(HEIGHT, WIDTH, (150, 90, 330, 270))),
        (YELLOW, star(HEIGHT, WIDTH, (240, 180), 110)),
    ],
    ids=["ellipse", "star"],
)
def test_finds_a_drawn_shape_to_the_pixel(
    segmenter: u2netp.U2NetP, colors: NDArray[np.float32], alpha: NDArray[np.float32]
) -> None:
    (instance,) = segmenter.segment(composed(MEADOW, (colors, alpha)))
    assert mask_iou(instance.alpha, alpha) > 0.985
    assert instance.may_be_several


def test_two_separate_things_are_two_instances(segmenter: u2netp.U2NetP) -> None:
    shapes = [ellipse(HEIGHT, WIDTH, (40, 110, 180, 270)), star(HEIGHT, WIDTH, (350, 180), 90)]
    instances = segmenter.segment(composed(MEADOW, (RED, shapes[0]), (YELLOW, shapes[1])))
    assert len(instances) == 2
    for shape in shapes:
        assert max(mask_iou(instance.alpha, shape) for instance in instances) > 0.985


def test_labels_are_those_of_the_thing_not_of_its_surroundings(segmenter: u2netp.U2NetP) -> None:
    photo = composed(MEADOW, (RED, ellipse(HEIGHT, WIDTH, (150, 90, 330, 270))))
    (instance,) = segmenter.segment(photo)
    assert [label.name for label in instance.labels] == ["red", "green", "mountain"]
    assert {label.vocabulary for label in instance.labels} == {"imagenet-1k"}


def test_a_thing_cut_off_by_the_frame_touches_that_border_only(segmenter: u2netp.U2NetP) -> None:
    photo = composed(MEADOW, (RED, ellipse(HEIGHT, WIDTH, (140, 150, 340, 460))))
    (instance,) = segmenter.segment(photo)
    borders = touched_borders(instance.alpha)
    assert (borders.left, borders.top, borders.right, borders.bottom) == (False, False, False, True)


def test_a_landscape_comes_as_its_land(segmenter: u2netp.U2NetP) -> None:
    photo, border = mountains(HEIGHT, WIDTH)
    land = (np.arange(HEIGHT)[:, None] >= border).astype(np.float32)
    (instance,) = segmenter.segment(photo)
    assert mask_iou(instance.alpha, land) > 0.98
    borders = touched_borders(instance.alpha)
    assert (borders.left, borders.top, borders.right, borders.bottom) == (True, False, True, True)


def test_texture_in_which_nothing_stands_out_comes_whole_and_last_choice(segmenter: u2netp.U2NetP) -> None:
    (instance,) = segmenter.segment(MEADOW.astype(np.uint8))
    assert instance.alpha.min() == 1
    assert instance.mask_score < 0.5


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_photo_has_nothing(segmenter: u2netp.U2NetP, level: int) -> None:
    assert segmenter.segment(np.full((HEIGHT, WIDTH, 3), level, np.uint8)) == []


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 400), (400, 2), (30, 900)])
def test_odd_sizes_are_survived(segmenter: u2netp.U2NetP, height: int, width: int) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    for instance in segmenter.segment(photo):
        assert instance.alpha.shape == (height, width)


def test_the_digest_covers_the_label_model() -> None:
    class OtherClassifier(ColorClassifier):
        digest = "d" * 64

    first, other = load_u2netp(ColorClassifier()).describe(), load_u2netp(OtherClassifier()).describe()
    assert first.digest != other.digest
    assert not first.weights_are_random


def test_weights_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(u2netp, "SHA256", "0" * 64)
    with pytest.raises(ModelNotLoaded, match="Expected SHA-256 0000"):
        load_u2netp(ColorClassifier())


@pytest.mark.parametrize("name", ["fauna-tiger-hero", "openstax-c4-balloon"])
def test_a_thing_of_a_real_photo_comes_without_its_surroundings(
    segmenter: u2netp.U2NetP, corpus: Path, name: str
) -> None:
    best = segmenter.segment(_photo(corpus, name))[0]
    borders = touched_borders(best.alpha)
    assert not (borders.left and borders.right)
    assert best.mask_score > 0.9
    assert 0.05 < best.alpha.mean() < 0.6


def test_mountains_in_which_nothing_stands_out_come_as_their_land(
    segmenter: u2netp.U2NetP, corpus: Path
) -> None:
    (land,) = segmenter.segment(_photo(corpus, "openstax-q182-mountain"))
    assert touched_borders(land.alpha) == TouchedBorders(left=True, top=False, right=True, bottom=True)


def test_a_slab_of_mountain_that_stands_out_gives_way_to_its_land(corpus: Path) -> None:
    class MountainClassifier(ColorClassifier):
        def classify(self, pictures: Tensor) -> Tensor:
            return torch.tensor([[0.1, 0.1, 0.8]] * len(pictures))

    photo = _photo(corpus, "budgie-lake-sherburne")
    (slab,) = load_u2netp(ColorClassifier()).segment(photo)
    assert not touched_borders(slab.alpha).bottom
    (land,) = load_u2netp(MountainClassifier()).segment(photo)
    assert touched_borders(land.alpha) == TouchedBorders(left=True, top=False, right=True, bottom=True)


def _photo(corpus: Path, name: str) -> NDArray[np.uint8]:
    with Image.open(corpus / f"{name}.jpg") as photo:
        return np.asarray(photo.convert("RGB"))
