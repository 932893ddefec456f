import numpy as np

from inference.segmentation.borders import TouchedBorders, tight_box, touched_borders


def test_the_box_is_tight_around_everything_visible() -> None:
    alpha = np.zeros((40, 60), np.float32)
    alpha[10:20, 30:50] = 1
    alpha[25, 29] = 1 / 255
    assert tight_box(alpha) == (29, 10, 21, 16)


def test_an_empty_mask_has_no_box() -> None:
    assert tight_box(np.zeros((4, 4), np.float32)) is None


def test_convention_row_0_is_the_top_and_column_0_the_left() -> None:
    alpha = np.zeros((100, 100), np.float32)
    alpha[0, 40:60] = 1
    assert touched_borders(alpha) == TouchedBorders(left=False, top=True, right=False, bottom=False)
    alpha[:] = 0
    alpha[40:60, 0] = 1
    assert touched_borders(alpha) == TouchedBorders(left=True, top=False, right=False, bottom=False)


def test_a_whisker_or_a_veil_on_the_frame_is_not_cut_off_by_it() -> None:
    alpha = np.zeros((200, 200), np.float32)
    alpha[-1, 100:103] = 1
    alpha[:, -1] = 0.4
    assert touched_borders(alpha) == TouchedBorders(False, False, False, False)


def test_a_full_mask_touches_all_four() -> None:
    assert touched_borders(np.ones((5, 7), np.float32)) == TouchedBorders(True, True, True, True)
