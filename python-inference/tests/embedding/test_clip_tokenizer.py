from pathlib import Path

import pytest
import torch

from inference.embedding.clip_tokenizer import ClipTokenizer, packaged_tokenizer, tokenizer_of_folder


@pytest.fixture(scope="module")
def tokenizer() -> ClipTokenizer:
    return packaged_tokenizer()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # As the READMEs and tests of OpenAI's CLIP and of transformers print them.
        ("a photo of a cat", [49406, 320, 1125, 539, 320, 2368, 49407]),
        ("hello world!", [49406, 3306, 1002, 256, 49407]),
        ("a diagram", [49406, 320, 22697, 49407]),
        # Case and spaces are nothing.
        ("  A   Photo OF\na cat ", [49406, 320, 1125, 539, 320, 2368, 49407]),
    ],
)
def test_known_texts_give_known_tokens(tokenizer: ClipTokenizer, text: str, ids: list[int]) -> None:
    assert tokenizer.token_ids([text], 77)[0].tolist() == ids


def test_the_vocabulary_is_whole(tokenizer: ClipTokenizer) -> None:
    vocabulary = tokenizer.encoder.get_vocab()
    assert sorted(vocabulary.values()) == list(range(49408))
    assert vocabulary["<|startoftext|>"] == 49406


def test_a_shorter_text_is_padded_behind_its_end_and_a_longer_one_cut_before_it(
    tokenizer: ClipTokenizer,
) -> None:
    ids = tokenizer.token_ids(["hello world!", "a photo of a cat " * 20], 9)
    assert ids.shape == (2, 9)
    assert ids[0].tolist() == [49406, 3306, 1002, 256, 49407, 49407, 49407, 49407, 49407]
    assert ids[1].tolist() == [49406, 320, 1125, 539, 320, 2368, 320, 1125, 49407]


def test_the_one_of_a_folder_reads_every_text_alike(tokenizer: ClipTokenizer, tiny_clip: Path) -> None:
    texts = ["It's a dog's naïve café: 3 pyramids!!", "ÅÄÖ 日本 🎉", "don't", "2024-01-01 \t#tag @name"]
    ids = tokenizer_of_folder(tiny_clip).token_ids(texts, 77)
    assert torch.equal(ids, tokenizer.token_ids(texts, 77))
