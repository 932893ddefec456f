"""What every segmenter owes its callers, whatever it finds."""

import numpy as np
from numpy.typing import NDArray

from inference.segmentation.borders import tight_box
from inference.segmentation.duplicates import DUPLICATE_IOU, mask_iou
from inference.segmentation.instances import Segmenter


def assert_keeps_the_contract(segmenter: Segmenter, photo: NDArray[np.uint8], least_count: int = 1) -> None:
    """Checks the instances of a (H, W, 3) photo in which the segmenter finds at least `least_count`."""
    before = photo.copy()
    instances = segmenter.segment(photo)
    np.testing.assert_array_equal(photo, before)
    assert len(instances) >= least_count

    scores = [instance.mask_score for instance in instances]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)

    for instance in instances:
        assert instance.alpha.dtype == np.float32
        assert instance.alpha.shape == photo.shape[:2]
        assert instance.alpha.min() >= 0 and instance.alpha.max() <= 1
        assert instance.box == tight_box(instance.alpha)
        label_scores = [label.score for label in instance.labels]
        assert label_scores == sorted(label_scores, reverse=True)
        assert all(0 <= score <= 1 for score in label_scores)
        assert all(label.name and label.vocabulary for label in instance.labels)

    for index, instance in enumerate(instances):
        for other in instances[:index]:
            assert mask_iou(instance.alpha, other.alpha) <= DUPLICATE_IOU

    again = segmenter.segment(photo)
    assert len(again) == len(instances)
    for instance, repeated in zip(instances, again, strict=True):
        assert instance.alpha.tobytes() == repeated.alpha.tobytes()
        assert (instance.box, instance.mask_score, instance.labels) == (
            repeated.box,
            repeated.mask_score,
            repeated.labels,
        )

    description = segmenter.describe()
    assert len(description.digest) == 64 and int(description.digest, 16) >= 0
    assert description.name and description.license
    assert segmenter.describe() == description
