import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inference.segmentation.box_masks import box_mask
from inference.segmentation.instances import SegmenterDescription
from tests.segmentation.drawn_photos import ellipse

HEIGHT, WIDTH = 120, 200


class Redness:
    """Red stands out; keeps what it was shown."""

    def __init__(self, peak: float = 1.0) -> None:
        self.peak = peak
        self.shown: list[tuple[int, ...]] = []

    def describe(self) -> SegmenterDescription:
        return SegmenterDescription("redness", "1", "e" * 64, False, "CC0-1.0")

    def saliency(self, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.shown.append(photo.shape)
        small = Image.fromarray(photo[..., 0]).resize((320, 320), Image.Resampling.BILINEAR)
        return np.asarray(small, np.float32) / 255 * self.peak


def _photo(*shapes: NDArray[np.float32]) -> NDArray[np.uint8]:
    photo = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for shape in shapes:
        photo[..., 0] = np.maximum(photo[..., 0], shape * 255)
    return photo


LEFT, RIGHT = ellipse(HEIGHT, WIDTH, (20, 20, 80, 100)), ellipse(HEIGHT, WIDTH, (120, 20, 180, 100))


def test_the_mask_is_the_thing_in_the_box_and_not_its_neighbor() -> None:
    model = Redness()
    mask = box_mask(model, _photo(LEFT, RIGHT), (20, 20, 80, 100))
    assert mask.shape == (HEIGHT, WIDTH)
    overlap = ((mask > 0.5) & (LEFT > 0.5)).sum() / ((mask > 0.5) | (LEFT > 0.5)).sum()
    assert overlap > 0.95
    assert not mask[:, 81:].any()
    assert model.shown == [(112, 84, 3)]  # 16 more above and below, 12 left and right


def test_what_reaches_out_of_the_box_ends_there() -> None:
    mask = box_mask(Redness(), _photo(LEFT), (20, 20, 50, 100))
    assert mask[60, 49] > 0.9
    assert not mask[:, 50:].any()


@pytest.mark.parametrize(
    ("model", "box"),
    [
        (Redness(peak=0.4), (20.0, 20.0, 80.0, 100.0)),  # nothing stands out
        (Redness(), (85.0, 0.0, 115.0, 119.0)),  # between the two, of which the padding shows none
        (Redness(), (0.0, 0.0, 200.0, 21.0)),  # tips of both: less than a tenth
        (Redness(), (50.0, 50.0, 50.0, 50.0)),
        (Redness(), (-9.0, 130.0, 10.0, 140.0)),
    ],
)
def test_a_box_without_a_thing_gives_an_empty_mask(
    model: Redness, box: tuple[float, float, float, float]
) -> None:
    assert not box_mask(model, _photo(LEFT, RIGHT), box).any()
