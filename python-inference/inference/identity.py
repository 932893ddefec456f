"""Identities of models: what results are compared and cached by."""

import hashlib
from typing import Protocol

from collage.v1.model_pb2 import ModelIdentity


class ModelDescription(Protocol):
    """What the description of every model has in common."""

    @property
    def name(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def weights_are_random(self) -> bool: ...
    @property
    def license(self) -> str: ...


def model_identity(description: ModelDescription) -> ModelIdentity:
    """The description as it goes over the wire and into every collage."""
    return ModelIdentity(
        name=description.name,
        revision=description.revision,
        digest=description.digest,
        weights_are_random=description.weights_are_random,
        license=description.license,
    )


def model_digest(*parts: str) -> str:
    """SHA-256 hex over the parts in order: weight hashes, preprocessing, formula, its constants.

    Anything that can change a result belongs in; parts are separated by a NUL so that no two lists
    of parts read the same.
    """
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
