"""CLIP's tokenizer: from a model's folder, or from the vocabulary that open_clip's package carries."""

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import CLIPTokenizer

from inference.embedding.open_clip_keys import END_TOKEN, START_TOKEN
from inference.errors import ModelNotLoaded
from inference.identity import model_digest
from inference.packaged_weights import packaged_file
from inference.weight_file import checked_sha256

VOCABULARY_SHA256 = "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"
# 256 bytes, each within a word and at its end, the merges, and two marks: 49,408 tokens.
MERGE_COUNT = START_TOKEN - 2 * 256
CONTEXT_LENGTH = 77
START, END = "<|startoftext|>", "<|endoftext|>"


@dataclass(frozen=True)
class ClipTokenizer:
    """A tokenizer and what its results depend on. `encoder` is a transformers CLIPTokenizer."""

    encoder: Any
    digest: str

    def token_ids(self, texts: list[str], length: int) -> Any:
        """(N, T) token ids, T the longest text but at most `length`; longer texts are cut before their end
        mark, shorter ones padded after it."""
        return self.encoder(
            texts, padding=True, truncation=True, max_length=length, return_tensors="pt"
        ).input_ids


def packaged_tokenizer() -> ClipTokenizer:
    """The one of OpenAI, LAION and all others who kept OpenAI's vocabulary. Raises ModelNotLoaded."""
    file = packaged_file("open_clip", "bpe_simple_vocab_16e6.txt.gz", VOCABULARY_SHA256)
    lines = gzip.decompress(file.read_bytes()).decode("utf-8").split("\n")
    first, last = 1, 1 + MERGE_COUNT  # a comment comes first; the file goes on with merges never used
    merges: Any = [(left, right) for left, right in (line.split() for line in lines[first:last])]
    letters = _byte_letters()
    tokens = [
        *letters,
        *(f"{letter}</w>" for letter in letters),
        *("".join(merge) for merge in merges),
        START,
        END,
    ]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    encoder = CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=CONTEXT_LENGTH)
    return ClipTokenizer(encoder, VOCABULARY_SHA256)


def tokenizer_of_folder(folder: Path) -> ClipTokenizer:
    """The one in a model's folder: tokenizer.json, or vocab.json with merges.txt. Raises ModelNotLoaded."""
    sources = [["tokenizer.json"], ["vocab.json", "merges.txt"]]
    files = [
        folder / name
        for names in sources
        if all((folder / name).is_file() for name in names)
        for name in names
    ]
    if not files:
        raise ModelNotLoaded(
            f"Expected tokenizer.json, or vocab.json and merges.txt, in {folder} but there is neither"
        )
    try:
        encoder = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    # A damaged file raises whatever its reader stumbles over.
    except Exception as error:
        raise ModelNotLoaded(
            f"Expected a tokenizer in {folder} but received a damaged one ({error})"
        ) from error
    return ClipTokenizer(encoder, model_digest(*(checked_sha256(file, "", "") for file in files)))


def check_tokenizer(tokenizer: ClipTokenizer, token_count: int, end_token: int, source: str) -> None:
    """Raises ModelNotLoaded when a tokenizer does not fit a model: its vector of a text is read at the
    first `end_token`, so one that never comes gives the vector of the start mark, and no error."""
    # The 2 is a known slip in OpenAI's own files; transformers then reads at the highest token.
    expected = END_TOKEN if end_token == 2 else end_token
    ids = tokenizer.token_ids(["a"], 8)[0].tolist()
    if ids[-1] != expected or max(tokenizer.encoder.get_vocab().values()) >= token_count:
        raise ModelNotLoaded(
            f"Expected a tokenizer of {token_count} tokens that ends texts with {expected} in {source} but "
            f"received one of {len(tokenizer.encoder)} that ends them with {ids[-1]}"
        )


def _byte_letters() -> list[str]:
    """The 256 bytes as letters that BPE can work on, in the order of GPT-2's vocabulary: those that can be
    printed first, as themselves, then the others, as the letters from 256 on."""
    printed = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(byte) for byte in printed] + [chr(256 + number) for number in range(256 - len(printed))]
