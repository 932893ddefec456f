from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.segmentation.duplicates import mask_iou
from inference.segmentation.ground import find_ground
from inference.segmentation.sky import find_skyline
from inference.segmentation.skyline_path import STEP_COST, best_path
from tests.segmentation.drawn_photos import mountains, texture


def test_the_skyline_of_drawn_mountains_is_found_within_two_rows() -> None:
    photo, border = mountains(320, 320)
    skyline = find_skyline(photo)
    assert skyline is not None
    assert np.abs(skyline.border - border).mean() < 2
    assert skyline.agreement > 0.95
    assert skyline.sky_columns == 1


def test_the_land_is_cut_at_full_size() -> None:
    photo, border = mountains(600, 900)
    ground = find_ground(photo)
    assert ground is not None and ground.is_sky_cut_off
    land = (np.arange(600)[:, None] >= border).astype(np.float32)
    assert mask_iou(ground.alpha, land) > 0.98


def test_mottled_texture_has_no_sky_and_comes_whole() -> None:
    photo = texture(300, 400, (70, 110, 60), 25, 3, seed=1).astype(np.uint8)
    ground = find_ground(photo)
    assert ground is not None and not ground.is_sky_cut_off
    assert ground.alpha.min() == 1


def test_a_flat_photo_is_no_ground() -> None:
    assert find_ground(np.full((300, 400, 3), 90, np.uint8)) is None


def test_the_best_path_follows_the_gains() -> None:
    gain = np.zeros((9, 6))
    rows = [4, 4, 5, 6, 6, 2]
    gain[rows, np.arange(6)] = 10
    np.testing.assert_array_equal(best_path(gain), rows)


def test_the_best_path_takes_no_detour_that_costs_more_than_it_gains() -> None:
    gain = np.zeros((9, 5))
    gain[4] = 10
    gain[8, 2] = 10 + 8 * STEP_COST - 0.01  # four rows down and four up again
    np.testing.assert_array_equal(best_path(gain), [4] * 5)
    gain[8, 2] += 0.02
    np.testing.assert_array_equal(best_path(gain), [4, 4, 8, 4, 4])


def test_the_best_path_is_the_best_of_all_paths() -> None:
    gain = np.random.default_rng(3).normal(size=(4, 5))

    def value(path: np.ndarray) -> float:
        return float(gain[path, np.arange(5)].sum() - STEP_COST * np.abs(np.diff(path)).sum())

    paths = np.stack(np.meshgrid(*[np.arange(4)] * 5), axis=-1).reshape(-1, 5)
    assert value(best_path(gain)) == pytest.approx(max(value(path) for path in paths))


@pytest.mark.parametrize(
    ("name", "has_sky"),
    [
        ("openstax-q187-snowy-mountain", True),
        ("lomiri-picosdeeuropa-by-aitzol-berasategi", True),
        ("budgie-singaporean-cityscape", True),
        ("openstax-q41-desert", True),
        ("openstax-q506-forest", False),
        ("openstax-q113-orchestra", False),
        ("openstax-c23-carousel", False),
    ],
)
def test_skies_of_real_photos(corpus: Path, name: str, has_sky: bool) -> None:
    with Image.open(corpus / f"{name}.jpg") as photo:
        ground = find_ground(np.asarray(photo.convert("RGB")))
    assert ground is not None
    assert ground.is_sky_cut_off == has_sky
