from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.segmentation.borders import tight_box
from inference.segmentation.duplicates import (
    is_large_enough,
    mask_iou,
    with_duplicates_merged,
    without_duplicates,
)
from inference.segmentation.instances import Instance, Label


def _rectangle(left: int, width: int, height: int = 100) -> NDArray[np.float32]:
    alpha = np.zeros((200, 400), np.float32)
    alpha[50 : 50 + height, left : left + width] = 1
    return alpha


def _instance(alpha: NDArray[np.float32], score: float) -> Instance:
    box = tight_box(alpha)
    assert box is not None
    return Instance(alpha, box, score, [], may_be_several=False)


def test_iou_by_hand() -> None:
    assert mask_iou(_rectangle(0, 100), _rectangle(50, 100)) == pytest.approx(50 / 150)
    assert mask_iou(_rectangle(0, 100), _rectangle(0, 100) * np.float32(0.5)) == pytest.approx(0.5)
    assert mask_iou(_rectangle(0, 0), _rectangle(0, 0)) == 0


def test_the_later_of_two_duplicates_is_dropped() -> None:
    first, near, far = (
        _instance(_rectangle(*at), score)
        for at, score in [((0, 100), 0.7), ((5, 100), 0.9), ((20, 100), 0.8)]
    )
    assert without_duplicates([first, near, far]) == [first, far]
    assert without_duplicates([near, first, far]) == [near, far]


def test_the_names_of_a_duplicate_go_to_the_one_that_stays() -> None:
    first, near, far = (
        replace(
            _instance(_rectangle(left, 100), 0.5),
            labels=[Label(name, "coco-80", score) for name, score in names],
        )
        for left, names in [(0, [("cat", 0.6), ("bear", 0.2)]), (5, [("dog", 0.8), ("cat", 0.7)]), (20, [])]
    )
    merged = with_duplicates_merged([first, near, far])
    assert [one.box for one in merged] == [first.box, far.box]
    assert [(label.name, label.score) for label in merged[0].labels] == [
        ("dog", 0.8),
        ("cat", 0.7),
        ("bear", 0.2),
    ]
    assert first.labels == [Label("cat", "coco-80", 0.6), Label("bear", "coco-80", 0.2)]


def test_a_part_inside_a_whole_is_no_duplicate() -> None:
    whole, part = _instance(_rectangle(0, 100), 0.9), _instance(_rectangle(0, 80), 0.9)
    assert without_duplicates([whole, part]) == [whole, part]


@pytest.mark.parametrize(
    ("width", "height", "usable"), [(24, 24, True), (23, 100, False), (100, 23, False), (24, 100, True)]
)
def test_slivers_are_too_small(width: int, height: int, usable: bool) -> None:
    alpha = _rectangle(10, width, height)
    box = tight_box(alpha)
    assert box is not None
    assert is_large_enough(alpha, box) == usable


def test_a_thin_diagonal_in_a_large_box_is_too_small() -> None:
    alpha = np.eye(1000, dtype=np.float32)
    assert not is_large_enough(alpha, (0, 0, 1000, 1000))
