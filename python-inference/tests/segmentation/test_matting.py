import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from inference.segmentation import matting
from inference.segmentation.matting import decontaminated
from tests.segmentation.drawn_photos import composed, ellipse, texture

HEIGHT, WIDTH = 200, 240
RED, GREEN, BLUE = (220.0, 30.0, 30.0), (30.0, 200.0, 30.0), (30.0, 30.0, 220.0)
SOFT_DISK = ndimage.gaussian_filter(ellipse(HEIGHT, WIDTH, (70, 50, 170, 150)), 4).astype(np.float32)
ALPHA = (np.rint(np.clip(SOFT_DISK * 1.1 - 0.05, 0, 1) * 255) / 255).astype(np.float32)


def _plain(color: tuple[float, float, float]) -> NDArray[np.float32]:
    return np.full((HEIGHT, WIDTH, 3), color, np.float32)


def _over(
    colors: NDArray[np.uint8], alpha: NDArray[np.float32], ground: tuple[float, float, float]
) -> NDArray[np.float32]:
    return colors * alpha[..., None] + np.array(ground, np.float32) * (1 - alpha[..., None])


PHOTO = composed(_plain(GREEN), (_plain(RED), ALPHA))


def test_a_red_disk_from_green_shows_no_green_over_blue() -> None:
    ideal = _over(_plain(RED), ALPHA, BLUE)
    kept = np.abs(_over(PHOTO, ALPHA, BLUE) - ideal).max()
    cleaned = np.abs(_over(decontaminated(PHOTO, ALPHA, reach=24), ALPHA, BLUE) - ideal).max()
    assert kept > 35
    assert cleaned < 6


def test_opaque_pixels_keep_their_color_to_the_bit() -> None:
    photo = composed(
        texture(HEIGHT, WIDTH, (60, 160, 60), 30, 2, seed=1),
        (texture(HEIGHT, WIDTH, (200, 90, 40), 30, 2, seed=2), ALPHA),
    )
    colors = decontaminated(photo, ALPHA, reach=24)
    np.testing.assert_array_equal(colors[ALPHA == 1], photo[ALPHA == 1])


def test_textured_edges_come_closer_to_the_true_foreground() -> None:
    foreground = texture(HEIGHT, WIDTH, (200, 90, 40), 25, 4, seed=2)
    photo = composed(texture(HEIGHT, WIDTH, (60, 120, 160), 25, 4, seed=1), (foreground, ALPHA))
    weight = ALPHA * (ALPHA < 1)

    def error(colors: NDArray[np.uint8]) -> float:
        return float((np.abs(colors - foreground).mean(axis=-1) * weight).sum() / weight.sum())

    assert error(decontaminated(photo, ALPHA, reach=24)) < 0.5 * error(photo)


def test_clear_pixels_beside_the_edge_go_on_with_its_color_and_the_rest_is_black() -> None:
    colors = decontaminated(PHOTO, ALPHA, reach=24)
    distance = ndimage.distance_transform_cdt(ALPHA == 0, metric="taxicab")
    beside = (distance > 0) & (distance <= matting.BLEED)
    assert np.abs(colors[beside].astype(float) - np.array(RED)).max() < 12
    assert not colors[distance > matting.BLEED].any()


def test_resampling_straight_alpha_shows_no_dark_fringe() -> None:
    colors = decontaminated(PHOTO, ALPHA, reach=24)
    enlarged = np.asarray(Image.fromarray(colors).resize((700, 600), Image.Resampling.BILINEAR), np.float32)
    alpha = np.asarray(Image.fromarray(ALPHA).resize((700, 600), Image.Resampling.BILINEAR))
    ideal = _over(np.full((600, 700, 3), RED, np.float32), alpha, BLUE)
    assert np.abs(_over(enlarged, alpha, BLUE) - ideal).max() < 8


def test_a_hard_mask_passes_through() -> None:
    alpha = (ALPHA > 0.5).astype(np.float32)
    colors = decontaminated(PHOTO, alpha, reach=24)
    np.testing.assert_array_equal(colors, np.where(alpha[..., None] == 1, PHOTO, 0))


def test_working_in_strips_gives_the_same_colors(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = decontaminated(PHOTO, ALPHA, reach=24)
    monkeypatch.setattr(matting, "STRIP_PIXELS", 17 * WIDTH)
    strips = decontaminated(PHOTO, ALPHA, reach=24)
    assert np.abs(strips.astype(int) - whole).max() <= 1
