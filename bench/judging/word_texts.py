"""A text as the mean of its words' vectors: the judge's text model."""

import re

import numpy as np
import torch
from torch import Tensor

from judging.word_vectors import DIMENSION_COUNT, WordVectors

# They say nothing of what is seen; relations ("above") don't either, to a bag of words.
STOP_WORDS = """
    a about above across after against all along among an and another around as at away be behind
    below beneath beside between beyond by down during each every few for from front her here his in
    inside into is it its like many most near next of off on onto or other out outside over past
    several some than that the their there these this those through to toward towards under up upon
    very was were which while with within without
"""
PLURALS = (
    (r"ies$", "y"),
    (r"(?<=[sxz])es$", ""),
    (r"(?<=[cs]h)es$", ""),
    (r"ves$", "f"),
    (r"(?<![su])s$", ""),
)


def content_words(text: str) -> list[str]:
    """Lower-case words of a text without stop words; all its words where only those are in it."""
    words = re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", text.lower())
    return [word for word in words if word not in STOP_WORDS.split()] or words


def mean_word_vector(text: str, vectors: WordVectors, last_word_weight: float = 1.0) -> Tensor:
    """(100,) mean over the content words that are known, each of length 1; zeros where none is.

    Plurals count as singulars, for "penguins" is a hockey team in the news the vectors were made of. The
    last word may count more: in the name of a class it says what the thing is.
    """
    units, weights = [], []
    words = content_words(text)
    for place, word in enumerate(words):
        known = [word] if vectors.get(word) is not None else re.split("[-']", word)
        for part in known:
            vector = vectors.get(_singular(part, vectors))
            if vector is not None:
                units.append(vector / np.linalg.norm(vector))
                weights.append(last_word_weight if place == len(words) - 1 else 1.0)
    if not units:
        return torch.zeros(DIMENSION_COUNT)
    return torch.from_numpy(np.average(units, axis=0, weights=weights)).float()


def _singular(word: str, vectors: WordVectors) -> str:
    for ending, replacement in PLURALS:
        shorter = re.sub(ending, replacement, word)
        if shorter != word and len(shorter) > 2 and vectors.get(shorter) is not None:
            return shorter
    return word
