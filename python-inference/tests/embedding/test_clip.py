"""What the perceptor promises, with a small CLIP of random weights."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, interpolate, normalize
from transformers import CLIPModel, CLIPProcessor

from inference.embedding.clip import ClipPerceptor
from inference.embedding.clip_checkpoint import read_clip
from inference.settings import read_settings


def _perceptor(
    folder: Path, dtype: torch.dtype = torch.float32, templates: tuple[str, ...] | None = None
) -> ClipPerceptor:
    checkpoint = read_clip(read_settings({"CLIP_MODEL": str(folder)}, []))
    if templates is None:
        return ClipPerceptor(checkpoint, dtype=dtype)
    return ClipPerceptor(checkpoint, dtype=dtype, templates=templates)


@pytest.fixture(scope="module")
def clip(tiny_clip: Path) -> ClipPerceptor:
    return _perceptor(tiny_clip)


def _pictures(count: int, seed: int = 0) -> Tensor:
    coarse = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed))
    return interpolate(coarse, size=(64, 64), mode="bicubic").clamp(0, 1)


def test_smoke_vectors_have_length_one_and_the_described_width(clip: ClipPerceptor) -> None:
    assert (clip.describe().dimension_count, clip.describe().input_size) == (64, 64)
    for vectors in (clip.encode_texts(["a dog", "snow"]), clip.encode_pictures(_pictures(3))):
        assert vectors.shape == (len(vectors), 64)
        assert vectors.dtype == torch.float32
        assert torch.allclose(vectors.norm(dim=-1), torch.ones(len(vectors)), atol=1e-5)


def test_feature_the_vectors_are_those_of_transformers(clip: ClipPerceptor, tiny_clip: Path) -> None:
    """The reference goes its own way: from_pretrained, its processor, its padding and its mask."""
    reference = CLIPModel.from_pretrained(tiny_clip, local_files_only=True).eval()
    processor = CLIPProcessor.from_pretrained(tiny_clip, local_files_only=True)
    bytes_ = (_pictures(2) * 255).round().to(torch.uint8)
    given = processor(
        text=["a photo of two dogs", "snow"],
        images=[picture.permute(1, 2, 0).numpy() for picture in bytes_],
        return_tensors="pt",
        padding="max_length",
    )
    with torch.no_grad():
        output = reference(**given)
        pictures = clip.encode_pictures(bytes_ / 255)
    assert torch.allclose(pictures, normalize(output.image_embeds, dim=-1), atol=1e-5)
    texts = _perceptor(tiny_clip, templates=("{}",)).encode_texts(["a photo of two dogs", "snow"])
    assert torch.allclose(texts, normalize(output.text_embeds, dim=-1), atol=1e-5)
    assert (texts[0] - texts[1]).abs().max() > 0.01


def test_feature_the_wordings_of_a_text_are_averaged(clip: ClipPerceptor, tiny_clip: Path) -> None:
    bare, photo = (
        _perceptor(tiny_clip, templates=(one,)).encode_texts(["snow"])[0] for one in ("{}", "a photo of {}")
    )
    both = _perceptor(tiny_clip, templates=("{}", "a photo of {}")).encode_texts(["snow"])[0]
    assert torch.allclose(both, normalize(bare + photo, dim=-1), atol=1e-6)
    assert not torch.allclose(bare, photo, atol=1e-3)


def test_braces_in_a_text_are_only_braces(clip: ClipPerceptor) -> None:
    assert clip.encode_texts(["{0} {name} %s"]).isfinite().all()


def test_a_text_beyond_77_tokens_is_cut_and_still_read_at_its_end(clip: ClipPerceptor) -> None:
    long = " ".join(["dog"] * 200)
    (vector,) = clip.encode_texts([long])
    assert torch.equal(clip.encode_texts([long + " cat"])[0], vector)
    assert not torch.allclose(clip.encode_texts(["dog"])[0], vector, atol=1e-3)


def test_exception_a_picture_of_another_size_is_refused_with_both_shapes(clip: ClipPerceptor) -> None:
    with pytest.raises(ValueError, match=r"\(B, 3, 64, 64\) but received \(1, 3, 224, 224\)"):
        clip.encode_pictures(torch.zeros(1, 3, 224, 224))


def test_a_text_gives_the_same_bits_whatever_its_company(clip: ClipPerceptor, tiny_clip: Path) -> None:
    alone = _perceptor(tiny_clip).encode_texts(["penguins"])[0]
    texts = ["a much longer text that would need padding of the others", "penguins", "snow"]
    assert torch.equal(clip.encode_texts(texts)[1], alone)


def test_a_text_is_encoded_once(clip: ClipPerceptor, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[object] = []
    encode = clip._network.get_text_features
    monkeypatch.setattr(
        clip._network, "get_text_features", lambda *given: passes.append(given) or encode(*given)
    )
    clip.encode_texts(["a text seen for the first time"] * 2)
    clip.encode_texts(["a text seen for the first time"])
    assert len(passes) == 1


def test_a_picture_gives_the_same_bits_at_any_place_of_a_full_batch(clip: ClipPerceptor) -> None:
    picture = _pictures(1)
    first = torch.cat([picture, torch.zeros(7, 3, 64, 64)])
    last = torch.cat([_pictures(7, seed=1), picture])
    with torch.no_grad():
        assert torch.equal(clip.encode_pictures(first)[0], clip.encode_pictures(last)[7])


def test_more_than_one_chunk_equals_its_chunks(clip: ClipPerceptor) -> None:
    pictures = _pictures(16)
    with torch.no_grad():
        chunks = [clip.encode_pictures(pictures[:8]), clip.encode_pictures(pictures[8:])]
        assert torch.equal(clip.encode_pictures(pictures), torch.cat(chunks))


def test_gradcheck_the_gradient_predicts_the_change_of_the_cosine(clip: ClipPerceptor) -> None:
    text = clip.encode_texts(["a golden retriever"])[0]
    pictures = _pictures(2).requires_grad_()
    cosine = (clip.encode_pictures(pictures) @ text).sum()
    (gradient,) = torch.autograd.grad(cosine, pictures)
    assert torch.isfinite(gradient).all()
    assert (gradient != 0).double().mean() > 0.99
    direction = gradient / gradient.norm()
    reach = 0.02
    with torch.no_grad():
        ahead = (clip.encode_pictures(pictures + reach * direction) @ text).sum()
        behind = (clip.encode_pictures(pictures - reach * direction) @ text).sum()
    assert ((ahead - behind) / (2 * reach)).item() == pytest.approx(gradient.norm().item(), rel=0.02)


def test_weights_are_frozen(clip: ClipPerceptor) -> None:
    clip.encode_pictures(_pictures(1).requires_grad_()).sum().backward()
    assert all(weight.grad is None and not weight.requires_grad for weight in clip._network.parameters())
    assert not clip.encode_texts(["frozen snow"]).requires_grad
    assert not clip.encode_pictures(_pictures(1)).requires_grad


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_the_bits_give_nearly_the_same_vectors_and_gradients(
    dtype: torch.dtype, clip: ClipPerceptor, tiny_clip: Path
) -> None:
    half = _perceptor(tiny_clip, dtype)
    text = clip.encode_texts(["a dog"])[0]
    assert cosine_similarity(half.encode_texts(["a dog"])[0], text, dim=0) > 0.999
    gradients = []
    for perceptor in (clip, half):
        pictures = _pictures(2).requires_grad_()
        vectors = perceptor.encode_pictures(pictures)
        assert vectors.dtype == torch.float32
        gradients.append(torch.autograd.grad((vectors @ text).sum(), pictures)[0])
    full_gradient, half_gradient = (gradient.flatten() for gradient in gradients)
    assert cosine_similarity(full_gradient, half_gradient, dim=0) > 0.98
    assert half_gradient.norm() == pytest.approx(full_gradient.norm(), rel=0.1)


def test_float16_keeps_gradients_that_float16_cannot_hold(clip: ClipPerceptor, tiny_clip: Path) -> None:
    half = _perceptor(tiny_clip, torch.float16)
    pictures = _pictures(1).requires_grad_()
    text = clip.encode_texts(["a dog"])[0]
    # As small as those of a large picture of which a pixel is a small part.
    tiny = (half.encode_pictures(pictures) @ text).sum() * 1e-3
    (gradient,) = torch.autograd.grad(tiny, pictures)
    (full,) = torch.autograd.grad((clip.encode_pictures(pictures) @ text).sum() * 1e-3, pictures)
    assert cosine_similarity(full.flatten(), gradient.flatten(), dim=0) > 0.98


def test_the_digest_tells_apart_all_that_changes_a_vector(clip: ClipPerceptor, tiny_clip: Path) -> None:
    others = [_perceptor(tiny_clip, torch.bfloat16), _perceptor(tiny_clip, templates=("{}",))]
    digests = {perceptor.describe().digest for perceptor in (clip, *others)}
    assert len(digests) == 3
    assert _perceptor(tiny_clip).describe().digest == clip.describe().digest


def test_the_description_names_model_numbers_and_that_its_weights_are_random(clip: ClipPerceptor) -> None:
    described = clip.describe()
    assert (described.name, described.revision) == ("clip", "tiny-clip, float32")
    assert described.weights_are_random
    assert described.license.startswith("not stated")
