"""Who judges whom."""

import pytest
import torch

from inference.embedding.starter import StarterPerceptor
from inference.errors import ModelNotLoaded
from inference.models import HELD_OUT_PERCEPTORS, PERCEPTORS, load_judge

CPU = torch.device("cpu")


def test_every_perceptor_has_a_judge() -> None:
    assert set(PERCEPTORS) <= set(HELD_OUT_PERCEPTORS)


def test_the_starter_is_judged_by_other_weights(perceptor: StarterPerceptor) -> None:
    judge = load_judge(perceptor.describe().digest, HELD_OUT_PERCEPTORS["starter"], CPU)
    assert judge.describe().name == "starter-lite2"
    assert judge.describe().digest != perceptor.describe().digest


def test_nobody_judges_himself(perceptor: StarterPerceptor) -> None:
    with pytest.raises(ModelNotLoaded, match=r"Expected other weights .* but received starter"):
        load_judge(perceptor.describe().digest, lambda device: perceptor, CPU)
