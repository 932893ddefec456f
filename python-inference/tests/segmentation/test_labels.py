import numpy as np
import pytest
import torch
from torch import Tensor

from inference.segmentation.labels import (
    LANDSCAPES,
    best_labels,
    class_probabilities,
    landscape_probability,
)


class ViewRecorder:
    """Says "dog" for everything and remembers what it was shown."""

    input_size = 16
    class_names = ["dog", "mountain", "valley", *"abcd"]  # noqa: RUF012
    digest = "f" * 64

    def __init__(self) -> None:
        self.batches: list[Tensor] = []

    def classify(self, pictures: Tensor) -> Tensor:
        self.batches.append(pictures)
        probabilities = torch.zeros(len(pictures), len(self.class_names))
        probabilities[0, 0] = 1
        probabilities[1, :3] = torch.tensor([0.5, 0.375, 0.125])
        return probabilities


def test_the_box_is_seen_as_it_is_and_over_mean_gray() -> None:
    photo = np.full((100, 100, 3), 255, np.uint8)
    photo[40:60, 40:60] = (255, 0, 0)
    alpha = np.zeros((100, 100), np.float32)
    alpha[40:60, 40:60] = 1
    recorder = ViewRecorder()
    (probabilities,) = class_probabilities(recorder, photo, [(alpha, (40, 40, 20, 20))])
    ((as_it_is, over_gray),) = recorder.batches
    np.testing.assert_allclose(as_it_is[:, 8, 8], [1, 0, 0])
    np.testing.assert_allclose(over_gray[:, 8, 8], [1, 0, 0])
    assert as_it_is[:, 0, 0].min() > 0.9
    np.testing.assert_allclose(over_gray[:, 0, 0], 128 / 255, atol=0.1)
    np.testing.assert_allclose(probabilities[:3], [0.75, 0.1875, 0.0625])


def test_every_instance_is_seen_in_a_batch_of_its_own() -> None:
    recorder = ViewRecorder()
    alpha = np.ones((50, 50), np.float32)
    box = (0, 0, 50, 50)
    class_probabilities(recorder, np.zeros((50, 50, 3), np.uint8), [(alpha, box)] * 3)
    assert [len(batch) for batch in recorder.batches] == [2, 2, 2]


def test_the_five_best_labels_come_first_to_last() -> None:
    names = list("abcdefg")
    labels = best_labels(np.array([0.1, 0.3, 0.05, 0.2, 0.05, 0.25, 0.05], np.float32), names)
    assert [label.name for label in labels] == ["b", "f", "d", "a", "c"]
    assert {label.vocabulary for label in labels} == {"imagenet-1k"}


def test_places_are_told_from_things() -> None:
    probabilities = np.array([0.5, 0.3, 0.2], np.float32)
    assert landscape_probability(probabilities, ["dog", "valley", "mountain"]) == pytest.approx(0.5)


def test_every_landscape_is_a_class_of_imagenet() -> None:
    from inference.embedding.imagenet_classifier import imagenet_class_names

    assert set(imagenet_class_names()) >= LANDSCAPES
