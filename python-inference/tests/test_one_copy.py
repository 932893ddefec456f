import gc

from inference.embedding.imagenet_classifier import load_imagenet_classifier
from inference.embedding.starter import load_starter, load_starter_judge
from inference.one_copy import OneCopy
from inference.segmentation.u2netp import load_u2netp


class Weights:
    """Something large."""


def test_the_same_source_gives_the_same_object_as_long_as_somebody_holds_it() -> None:
    loads = []

    def load() -> Weights:
        loads.append(1)
        return Weights()

    copies: OneCopy[Weights] = OneCopy()
    first = copies.get("file", load)
    assert copies.get("file", load) is first
    assert copies.get("other file", load) is not first
    assert len(loads) == 2
    del first
    gc.collect()
    assert len(loads) == 2
    copies.get("file", load)
    assert len(loads) == 3


def test_perceptor_labels_and_judge_share_the_weights_they_have_in_common() -> None:
    perceptor, judge = load_starter(), load_starter_judge()
    segmenter = load_u2netp(load_imagenet_classifier())
    assert segmenter._classifier is perceptor._classifier  # type: ignore[attr-defined]
    assert judge._sentences is perceptor._sentences
    assert judge._classifier is not perceptor._classifier
