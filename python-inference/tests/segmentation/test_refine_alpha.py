import numpy as np
from PIL import Image
from scipy import ndimage

from inference.segmentation.duplicates import mask_iou
from inference.segmentation.guided_filter import guided_filter
from inference.segmentation.refine_alpha import refine_alpha
from tests.segmentation.drawn_photos import composed, ellipse, star, texture

HEIGHT, WIDTH = 600, 800
TRUTH = star(HEIGHT, WIDTH, (400, 300), 200)
PHOTO = composed(
    texture(HEIGHT, WIDTH, (70, 110, 60), 12, 3, seed=1),
    (texture(HEIGHT, WIDTH, (200, 60, 40), 12, 5, seed=2), TRUTH),
)
BLURRED = ndimage.gaussian_filter(
    np.asarray(Image.fromarray(TRUTH).resize((320, 320), Image.Resampling.BOX)), 3
).astype(np.float32)


def test_edges_move_onto_the_edges_of_the_photo() -> None:
    enlarged = np.asarray(Image.fromarray(BLURRED).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))
    alpha = refine_alpha(PHOTO, BLURRED)
    assert mask_iou(alpha, TRUTH) > 0.975  # the mask is blurred by 7 of the photo's pixels
    assert mask_iou(alpha, TRUTH) > mask_iou(enlarged, TRUTH) + 0.05


def test_well_inside_is_opaque_and_well_outside_is_clear() -> None:
    alpha = refine_alpha(PHOTO, BLURRED)
    assert (alpha[ndimage.binary_erosion(TRUTH == 1, iterations=20)] == 1).all()
    assert (alpha[ndimage.binary_erosion(TRUTH == 0, iterations=20)] == 0).all()


def test_values_are_whole_255ths_so_that_8_bits_keep_the_extent() -> None:
    alpha = refine_alpha(PHOTO, BLURRED)
    assert ((alpha > 0) & (alpha < 1)).any()
    np.testing.assert_allclose(alpha * 255, np.rint(alpha * 255), atol=1e-4)


def test_a_mask_up_to_the_frame_stays_opaque_up_to_the_frame() -> None:
    truth = ellipse(HEIGHT, WIDTH, (200, 300, 600, 900))
    photo = composed(PHOTO.astype(np.float32), (texture(HEIGHT, WIDTH, (40, 60, 190), 10, 4, seed=9), truth))
    mask = np.asarray(Image.fromarray(truth).resize((320, 320), Image.Resampling.BOX))
    assert (refine_alpha(photo, mask)[-1, 230:570] == 1).all()


def test_confining_the_work_to_the_mask_changes_nothing_that_is_seen() -> None:
    alpha = refine_alpha(PHOTO, BLURRED)
    with_far_speck = BLURRED.copy()
    with_far_speck[0, 0] = with_far_speck[-1, -1] = 0.06  # widens the window to the whole photo
    difference = np.abs(refine_alpha(PHOTO, with_far_speck) - alpha)
    assert difference.max() < 0.1  # the working pixels lie a fraction of a pixel elsewhere
    assert difference[(alpha > 0) & (alpha < 1)].mean() < 0.02


def test_an_empty_mask_stays_empty() -> None:
    assert not refine_alpha(PHOTO, np.zeros((320, 320), np.float32)).any()


def test_the_guided_filter_reproduces_a_mask_that_is_linear_in_color() -> None:
    guide = np.random.default_rng(0).random((60, 80, 3)).astype(np.float32)
    mask = (guide @ np.array([0.3, 0.5, 0.1]) + 0.05).astype(np.float32)
    slope, offset = guided_filter(guide, mask, radius=4, epsilon=1e-6)
    np.testing.assert_allclose((slope * guide).sum(-1) + offset, mask, atol=2e-3)


def test_the_guided_filter_of_a_flat_guide_is_a_blur_of_the_mask() -> None:
    mask = np.random.default_rng(0).random((60, 80)).astype(np.float32)
    slope, offset = guided_filter(np.full((60, 80, 3), 0.5, np.float32), mask, radius=3, epsilon=1e-3)
    blurred = ndimage.uniform_filter(ndimage.uniform_filter(mask, 7, mode="nearest"), 7, mode="nearest")
    np.testing.assert_allclose(slope, 0, atol=1e-3)
    np.testing.assert_allclose(offset, blurred, atol=1e-3)
