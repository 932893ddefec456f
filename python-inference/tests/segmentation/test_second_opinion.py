import numpy as np
from numpy.typing import NDArray

from inference.segmentation.borders import tight_box
from inference.segmentation.instances import Instance, Label, SegmenterDescription
from inference.segmentation.second_opinion import SecondOpinion
from tests.segmentation.segmenter_contract import assert_keeps_the_contract

PHOTO = np.zeros((200, 400, 3), np.uint8)


class Answers:
    """A segmenter that always says the same."""

    def __init__(self, name: str, *instances: Instance, is_random: bool = False) -> None:
        self._name = name
        self._instances = list(instances)
        self._is_random = is_random

    def describe(self) -> SegmenterDescription:
        return SegmenterDescription(
            self._name, f"{self._name} 1", self._name[0] * 64, self._is_random, "Apache-2.0"
        )

    def segment(self, photo: NDArray[np.uint8]) -> list[Instance]:
        return self._instances


def _thing(left: int, width: int, score: float, name: str, vocabulary: str = "coco-80") -> Instance:
    alpha = np.zeros((200, 400), np.float32)
    alpha[50:150, left : left + width] = 1
    box = tight_box(alpha)
    assert box is not None
    return Instance(alpha, box, score, [Label(name, vocabulary, score)], may_be_several=False)


def _saxophone(left: int, width: int, score: float) -> Instance:
    return _thing(left, width, score, "sax", "imagenet-1k")


def test_what_the_first_has_no_class_for_comes_from_the_second() -> None:
    dog, saxophone = _thing(0, 100, 0.7, "dog"), _saxophone(200, 100, 0.9)
    both = SecondOpinion(Answers("a", dog), Answers("b", saxophone))
    assert both.segment(PHOTO) == [saxophone, dog]
    assert_keeps_the_contract(both, PHOTO, least_count=2)


def test_the_same_thing_comes_once_with_the_first_ones_mask_and_the_names_of_both() -> None:
    bird, macaw = _thing(0, 100, 0.7, "bird"), _thing(4, 100, 0.9, "macaw", "imagenet-1k")
    (one,) = SecondOpinion(Answers("a", bird), Answers("b", macaw)).segment(PHOTO)
    assert one.alpha is bird.alpha
    assert (one.box, one.mask_score) == (bird.box, bird.mask_score)
    assert [(label.name, label.vocabulary) for label in one.labels] == [
        ("macaw", "imagenet-1k"),
        ("bird", "coco-80"),
    ]


def test_a_heap_that_the_first_has_parted_is_left_out() -> None:
    dogs = [_thing(0, 100, 0.7, "dog"), _thing(100, 100, 0.6, "dog")]
    heap = _saxophone(0, 200, 0.95)
    assert SecondOpinion(Answers("a", *dogs), Answers("b", heap)).segment(PHOTO) == dogs


def test_a_whole_of_which_the_first_has_one_part_stays() -> None:
    tie, man = _thing(50, 30, 0.7, "tie"), _saxophone(0, 200, 0.95)
    assert SecondOpinion(Answers("a", tie), Answers("b", man)).segment(PHOTO) == [man, tie]


def test_a_heap_with_something_new_in_it_stays() -> None:
    dogs = [_thing(0, 60, 0.7, "dog"), _thing(60, 60, 0.6, "dog")]
    heap = _saxophone(0, 200, 0.95)
    assert SecondOpinion(Answers("a", *dogs), Answers("b", heap)).segment(PHOTO) == [heap, *dogs]


def test_either_may_find_nothing() -> None:
    dog = _thing(0, 100, 0.7, "dog")
    assert SecondOpinion(Answers("a"), Answers("b", dog)).segment(PHOTO) == [dog]
    assert SecondOpinion(Answers("a", dog), Answers("b")).segment(PHOTO) == [dog]
    assert SecondOpinion(Answers("a"), Answers("b")).segment(PHOTO) == []


def test_the_description_covers_both() -> None:
    described = SecondOpinion(Answers("a"), Answers("b")).describe()
    assert (described.name, described.revision, described.license) == ("a+b", "a 1 + b 1", "Apache-2.0")
    assert not described.weights_are_random
    assert SecondOpinion(Answers("a", is_random=True), Answers("b")).describe().weights_are_random
    others = [
        SecondOpinion(Answers(first), Answers(second)).describe() for first, second in ("ac", "cb", "ba")
    ]
    assert len({described.digest, *(other.digest for other in others)}) == 4
