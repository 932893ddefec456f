import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inference.embedding.squash import squash
from inference.errors import PictureUnreadable


def _png(pixels: NDArray[np.uint8]) -> bytes:
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "PNG")
    return encoded.getvalue()


@pytest.mark.parametrize(("width", "height"), [(64, 48), (1, 1), (1, 50), (500, 2), (31, 33), (7, 300)])
def test_squares_are_those_of_pil(width: int, height: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    square = squash(_png(pixels), 32)
    assert isinstance(square, np.ndarray)
    assert (square.shape, square.dtype, square.flags.c_contiguous) == ((32, 32, 3), np.uint8, True)
    expected = np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BICUBIC))
    assert np.abs(square.astype(int) - expected).max() <= 2


def test_a_photo_of_the_right_size_stays_as_it_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    assert np.array_equal(squash(_png(pixels), 32), pixels)


def test_convention_rows_from_the_top_and_red_first() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:20, :, 0], pixels[20:, :, 2] = 200, 100
    square = squash(_png(pixels), 8)
    assert isinstance(square, np.ndarray)
    assert (square[0, 0].tolist(), square[7, 7].tolist()) == ([200, 0, 0], [0, 0, 100])


def test_what_is_no_picture_is_an_error_as_a_value() -> None:
    assert isinstance(squash(b"<svg/>", 8), PictureUnreadable)
