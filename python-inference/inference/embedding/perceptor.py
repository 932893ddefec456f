"""What every perceptor offers: texts and pictures as vectors of one space."""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True)
class PerceptorDescription:
    """Identity of a perceptor. `digest` covers weights, preprocessing and formula.

    `pass_size`: pictures that it looks at in one pass, a power of two; in full passes nothing depends on how
    many there are. None: all that it is given.
    """

    name: str
    revision: str
    digest: str
    weights_are_random: bool
    license: str
    dimension_count: int
    input_size: int
    pass_size: int | None = None


class Perceptor(Protocol):
    """Texts and pictures as unit vectors; weights frozen, gradients reach the pictures."""

    def describe(self) -> PerceptorDescription:
        """Who answers."""
        ...

    def encode_texts(self, texts: list[str]) -> Tensor:
        """(N, D) float32 unit vectors, no gradient, in the order of `texts`; the same text gives
        the same bits whatever its company."""
        ...

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) sRGB in [0, 1], S = `describe().input_size` -> (B, D) unit vectors.

        Differentiable in `pictures`; the model's own normalisation happens inside.
        """
        ...
