import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from inference.embedding.starter import StarterPerceptor, load_starter
from inference.pictures import MEBIBYTE, decode_rgb


def _noise(count: int, seed: int = 0) -> Tensor:
    """Smooth random pictures: plain noise looks the same to every classifier."""
    coarse = torch.rand(count, 3, 12, 12, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.interpolate(coarse, size=(240, 240), mode="bicubic").clamp(0, 1)


def _photo(file: Path, perceptor: StarterPerceptor) -> Tensor:
    side = perceptor.describe().input_size
    squashed = Image.fromarray(decode_rgb(file.read_bytes(), 16 * MEBIBYTE)).resize((side, side))
    return torch.from_numpy(np.array(squashed)).permute(2, 0, 1).unsqueeze(0) / 255  # (1, 3, S, S)


def test_smoke_vectors_have_length_one_and_the_described_width(perceptor: StarterPerceptor) -> None:
    width = perceptor.describe().dimension_count
    for vectors in (perceptor.encode_texts(["a dog", "snow"]), perceptor.encode_pictures(_noise(3))):
        assert vectors.shape == (len(vectors), width)
        assert vectors.dtype == torch.float32
        assert torch.allclose(vectors.norm(dim=-1), torch.ones(len(vectors)), atol=1e-5)


def test_exception_a_picture_of_another_size_is_refused_with_both_shapes(perceptor: StarterPerceptor) -> None:
    with pytest.raises(ValueError, match=r"\(B, 3, 240, 240\) but received \(1, 3, 224, 224\)"):
        perceptor.encode_pictures(torch.zeros(1, 3, 224, 224))


def test_a_text_gives_the_same_bits_whatever_its_company(perceptor: StarterPerceptor) -> None:
    alone = load_starter().encode_texts(["penguins"])[0]
    texts = ["a much longer text that would need padding of the others", "penguins", "snow"]
    assert torch.equal(perceptor.encode_texts(texts)[1], alone)


def test_a_picture_gives_the_same_bits_at_any_place_of_a_full_batch(perceptor: StarterPerceptor) -> None:
    picture = _noise(1)
    first = torch.cat([picture, torch.zeros(7, 3, 240, 240)])
    last = torch.cat([_noise(7, seed=1), picture])
    with torch.no_grad():
        assert torch.equal(perceptor.encode_pictures(first)[0], perceptor.encode_pictures(last)[7])


def test_more_than_one_chunk_equals_its_chunks(perceptor: StarterPerceptor) -> None:
    pictures = _noise(16)
    with torch.no_grad():
        chunks = [perceptor.encode_pictures(pictures[:8]), perceptor.encode_pictures(pictures[8:])]
        assert torch.equal(perceptor.encode_pictures(pictures), torch.cat(chunks))


def test_gradcheck_the_gradient_predicts_the_change_of_the_cosine(perceptor: StarterPerceptor) -> None:
    text = perceptor.encode_texts(["a golden retriever"])[0]
    pictures = _noise(1).requires_grad_()
    cosine = (perceptor.encode_pictures(pictures) @ text).sum()
    (gradient,) = torch.autograd.grad(cosine, pictures)
    assert torch.isfinite(gradient).all()
    assert (gradient != 0).double().mean() > 0.9
    # Central difference along the gradient. Small, for softmax and relu6 bend the line: at 0.02 it is
    # 16 % short, at 0.002 2 %, at 0.0005 0.3 %.
    direction = gradient / gradient.norm()
    reach = 0.0005
    with torch.no_grad():
        ahead = (perceptor.encode_pictures(pictures + reach * direction) @ text).sum()
        behind = (perceptor.encode_pictures(pictures - reach * direction) @ text).sum()
    assert ((ahead - behind) / (2 * reach)).item() == pytest.approx(gradient.norm().item(), rel=0.01)


def test_weights_are_frozen(perceptor: StarterPerceptor) -> None:
    perceptor.encode_pictures(_noise(1).requires_grad_()).sum().backward()
    assert not perceptor.encode_texts(["snow"]).requires_grad
    assert not perceptor.encode_pictures(_noise(1)).requires_grad


def test_another_size_is_another_model(perceptor: StarterPerceptor) -> None:
    other = load_starter(size=0).describe()
    assert (other.input_size, perceptor.describe().input_size) == (224, 240)
    assert other.digest != perceptor.describe().digest


def test_words_of_one_kind_are_closer_than_words_of_two(perceptor: StarterPerceptor) -> None:
    penguins, birds, trumpet = perceptor.encode_texts(["penguins", "sea birds", "a trumpet"])
    assert penguins @ birds > penguins @ trumpet + 0.2


def test_each_photo_is_closest_to_its_own_word(perceptor: StarterPerceptor, corpus: Path) -> None:
    words = ["penguins", "butterflies", "an elephant", "a dog"]
    files = [
        "fauna-african-penguin-hero",
        "fauna-butterfly-gallery-1",
        "fauna-elephant-hero",
        "fauna-beagle-hero",
    ]
    texts = perceptor.encode_texts(words)
    with torch.no_grad():
        photos = torch.cat(
            [perceptor.encode_pictures(_photo(corpus / f"{name}.jpg", perceptor)) for name in files]
        )
    assert (photos @ texts.T).argmax(dim=1).tolist() == [0, 1, 2, 3]


def test_penguins_are_found_among_all_photos(perceptor: StarterPerceptor, corpus: Path) -> None:
    rows = [json.loads(line) for line in (corpus / "manifest.jsonl").read_text().splitlines()][::4]
    text = perceptor.encode_texts(["penguins"])[0]
    with torch.no_grad():
        scores = [
            float(perceptor.encode_pictures(_photo(corpus / row["file"], perceptor))[0] @ text)
            for row in rows
        ]
    best = sorted(zip(scores, rows, strict=True), key=lambda pair: -pair[0])[:4]
    assert all("enguin" in row["title"] + row["description"] for _, row in best)
