"""The starter perceptor: works from packages alone, knows ImageNet's nouns and nothing else.

ConSE (Norouzi et al. 2014, arXiv 1312.5650): a picture is the mean of the class names' sentence
vectors, weighted by how likely each class is. Two changes, both measured in docs/starter-perceptor.md:
the classes' mean vector is taken off everything (all names share "a photo of a ..."), and a
temperature lets the less likely classes speak too. Its cosine is no CLIP score.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import normalize

from inference.embedding.imagenet_classifier import (
    DEFAULT_SIZE,
    ImagenetClassifier,
    load_imagenet_classifier,
)
from inference.embedding.perceptor import PerceptorDescription
from inference.embedding.sentence_encoder import DIMENSION_COUNT, SentenceEncoder, load_sentence_encoder
from inference.embedding.squash import RESAMPLING
from inference.identity import model_digest

FORMULA = "normalize(softmax(logits / T) @ normalize(C - mean(C))), normalize(text - mean(C))"
# Pictures in one pass: in eights each takes a third more CPU time than in fours, which still fit the caches;
# half of that is the system, which hands out and takes back the larger buffers every time.
CHUNK = 4
CLASS_NAME_CHUNK = 32
# 1.5 kB each; a collage asks for a few dozen texts, and for the same ones again and again.
CACHED_TEXT_COUNT = 4096


@dataclass(frozen=True)
class StarterRecipe:
    """What can be chosen about the formula; the defaults found best (docs/starter-perceptor.md)."""

    temperature: float = 1.5
    text_template: str = "a photo of {}"
    class_template: str = "a photo of a {}"


class StarterPerceptor:
    """EfficientNet-Lite x MiniLM class names behind the `Perceptor` interface."""

    def __init__(
        self,
        classifier: ImagenetClassifier,
        sentences: SentenceEncoder,
        revision: str,
        recipe: StarterRecipe = StarterRecipe(),
        name: str = "starter",
    ) -> None:
        self._classifier = classifier
        self._sentences = sentences
        self._recipe = recipe
        named_classes = [recipe.class_template.format(name) for name in classifier.class_names]
        class_vectors = _encode_by_length(named_classes, sentences)  # (1000, 384)
        self._mean = class_vectors.mean(dim=0)  # (384,)
        self._class_vectors = normalize(class_vectors - self._mean, dim=-1)  # (1000, 384)
        self._text_vector = lru_cache(CACHED_TEXT_COUNT)(self._encode_text)
        self._description = PerceptorDescription(
            name=name,
            revision=revision,
            digest=model_digest(
                classifier.digest,
                *sentences.digest_parts,
                FORMULA,
                RESAMPLING,
                repr(recipe),
            ),
            weights_are_random=False,
            license="Apache-2.0",
            dimension_count=DIMENSION_COUNT,
            input_size=classifier.input_size,
            pass_size=CHUNK,
        )

    def describe(self) -> PerceptorDescription:
        """Who answers."""
        return self._description

    def encode_texts(self, texts: list[str]) -> Tensor:
        """(N, 384) unit vectors, no gradient; each text is encoded alone, so company changes no bit."""
        return torch.stack([self._text_vector(text) for text in texts])

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) sRGB in [0, 1] -> (B, 384) unit vectors, differentiable in `pictures`."""
        return torch.cat(
            [self.vectors_of_logits(self._classifier.logits(chunk)) for chunk in torch.split(pictures, CHUNK)]
        )  # (B, 384)

    def vectors_of_logits(self, logits: Tensor) -> Tensor:
        """(B, 1000) of the classifier -> (B, 384) unit vectors, for those who have the logits already."""
        probabilities = (logits / self._recipe.temperature).softmax(dim=-1)  # (B, 1000)
        return normalize(probabilities @ self._class_vectors, dim=-1)  # (B, 384)

    def _encode_text(self, text: str) -> Tensor:
        vector = self._sentences.encode([self._recipe.text_template.format(text)])[0]  # (384,)
        return normalize(vector - self._mean, dim=-1)


def load_starter(device: torch.device | str = "cpu", size: int = DEFAULT_SIZE) -> StarterPerceptor:
    """The starter perceptor with EfficientNet-Lite `size` (0, 1 or 2). Raises ModelNotLoaded."""
    return StarterPerceptor(
        load_imagenet_classifier(size, device),
        load_sentence_encoder(device),
        revision=f"efficientnet-lite{size} x all-MiniLM-L6-v2",
    )


def load_starter_judge(device: torch.device | str = "cpu") -> StarterPerceptor:
    """A held-out judge of what was climbed against the starter perceptor. Raises ModelNotLoaded.

    Weak: another network, size and wording, but the same family, training data and text model, so what
    fools one may fool both. No package carries an ImageNet network of another family.
    """
    return StarterPerceptor(
        load_imagenet_classifier(2, device),
        load_sentence_encoder(device),
        revision="efficientnet-lite2 x all-MiniLM-L6-v2, bare nouns",
        recipe=StarterRecipe(text_template="{}", class_template="{}"),
        name="starter-lite2",
    )


def _encode_by_length(texts: list[str], sentences: SentenceEncoder) -> Tensor:
    """(N, 384) in the order of `texts`; texts of like length go together, for padding costs time."""
    by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    chunks = [by_length[start : start + CLASS_NAME_CHUNK] for start in range(0, len(texts), CLASS_NAME_CHUNK)]
    vectors = torch.cat([sentences.encode([texts[index] for index in chunk]) for chunk in chunks])
    return vectors[torch.tensor(by_length).argsort()]
