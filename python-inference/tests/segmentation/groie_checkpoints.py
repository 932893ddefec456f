"""Whether GRoIE's tests can run here, and checkpoints for them."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from inference.embedding.imagenet_classifier import load_imagenet_classifier
from inference.segmentation.u2netp import U2NetP, load_u2netp

needs_mmdet = pytest.mark.skipif(
    find_spec("mmdet") is None or find_spec("mmcv") is None,
    reason="mmdet is not installed (npm run groie:install)",
)


def with_tail(file: Path) -> Path:
    """Renames a file as OpenMMLab does: the start of its SHA-256 before `.pth`."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return file.rename(file.with_name(f"{file.stem}-{sha256[:8]}.pth"))


def load_embedded() -> U2NetP:
    """The embedded segmenter, as the sidecar has it."""
    return load_u2netp(load_imagenet_classifier())
