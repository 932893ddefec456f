"""Who judges whom."""

import pytest
import torch

from inference.embedding.starter import StarterPerceptor, load_starter_judge
from inference.errors import ModelNotLoaded
from inference.models import HELD_OUT_PERCEPTORS, PERCEPTORS, held_out_loader

CPU = torch.device("cpu")


def test_every_perceptor_has_a_judge() -> None:
    assert set(PERCEPTORS) <= set(HELD_OUT_PERCEPTORS)


def test_the_starter_is_judged_by_other_weights(perceptor: StarterPerceptor) -> None:
    judge = held_out_loader(perceptor, HELD_OUT_PERCEPTORS["starter"], CPU)()
    assert judge.describe().name == "starter-lite2"
    assert judge.describe().digest != perceptor.describe().digest


def test_a_judge_is_loaded_when_first_asked_for_and_only_once(perceptor: StarterPerceptor) -> None:
    loaded = []

    def load(device: torch.device) -> StarterPerceptor:
        loaded.append(device)
        return load_starter_judge(device)

    held_out = held_out_loader(perceptor, load, CPU)
    assert loaded == []
    assert held_out() is held_out()
    assert loaded == [CPU]


def test_nobody_judges_himself(perceptor: StarterPerceptor) -> None:
    with pytest.raises(ModelNotLoaded, match=r"Expected other weights .* but received starter"):
        held_out_loader(perceptor, lambda device: perceptor, CPU)()
