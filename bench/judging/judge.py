"""The held-out judge: sees with another network and reads with another text model than was climbed against.

ConSE, as inference/embedding/starter.py has it, with EfficientNet-Lite2 in place of Lite1 and GloVe words in
place of MiniLM sentences. Weak all the same: the network is of the same family, trained on the same photos,
so both may share a mistake.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import normalize

from inference.embedding.imagenet_classifier import ImagenetClassifier, load_imagenet_classifier
from inference.embedding.perceptor import Perceptor, PerceptorDescription
from inference.embedding.starter import load_starter
from inference.identity import model_digest
from judging.data import DATA
from judging.word_texts import mean_word_vector
from judging.word_vectors import (
    DIMENSION_COUNT,
    TARBALL_SHA256,
    WordVectors,
    WordVectorsMissing,
    load_word_vectors,
)

NETWORK_SIZE = 2
# Both found best by `npm run bench -- judge`.
TEMPERATURE = 1.5
CLASS_LAST_WORD_WEIGHT = 2.0
CHUNK = 8
# Bump the number when word_texts.py makes other vectors.
FORMULA = "normalize(softmax(logits / T) @ normalize(C - mean(C))), normalize(words - mean(C)), 1"


class WordJudge:
    """A Perceptor, 100 dimensions; texts are bags of words to it."""

    def __init__(
        self, classifier: ImagenetClassifier, words: WordVectors, temperature: float = TEMPERATURE
    ) -> None:
        self._classifier = classifier
        self._words = words
        self._temperature = temperature
        classes = [mean_word_vector(name, words, CLASS_LAST_WORD_WEIGHT) for name in classifier.class_names]
        self._mean = torch.stack(classes).mean(0)  # (100,)
        self._class_vectors = normalize(torch.stack(classes) - self._mean, dim=-1)  # (1000, 100)

    def describe(self) -> PerceptorDescription:
        """Who judges."""
        return PerceptorDescription(
            name="judge",
            revision=f"efficientnet-lite{NETWORK_SIZE} x GloVe 100d",
            digest=model_digest(self._classifier.digest, TARBALL_SHA256, FORMULA, repr(self._temperature)),
            weights_are_random=False,
            license="Apache-2.0, MIT",
            dimension_count=DIMENSION_COUNT,
            input_size=self._classifier.input_size,
        )

    def encode_texts(self, texts: list[str]) -> Tensor:
        """(N, 100) unit vectors."""
        vectors = [mean_word_vector(text, self._words) for text in texts]
        return normalize(torch.stack(vectors) - self._mean, dim=-1)

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        """(B, 3, 260, 260) sRGB in [0, 1] -> (B, 100) unit vectors."""
        logits = torch.cat([self._classifier.logits(chunk) for chunk in torch.split(pictures, CHUNK)])
        return self.vectors_of_logits(logits)

    def vectors_of_logits(self, logits: Tensor) -> Tensor:
        """(B, 1000) of the classifier -> (B, 100) unit vectors, for those who have the logits already."""
        return normalize((logits / self._temperature).softmax(dim=-1) @ self._class_vectors, dim=-1)


@lru_cache(1)
def load_judge() -> Perceptor:
    """The judge. Where the word vectors can't be had: Lite2 with the product's text model, and it says so."""
    try:
        words = load_word_vectors(DATA / "judge")
    except WordVectorsMissing as reason:
        print(
            f"the judge reads with the product's text model, weak evidence: {reason}",
            flush=True,
        )
        return load_starter(size=NETWORK_SIZE)
    return WordJudge(load_imagenet_classifier(NETWORK_SIZE), words)
