"""Whether GRoIE's tests can run here, and checkpoints for them."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

needs_mmdet = pytest.mark.skipif(
    find_spec("mmdet") is None or find_spec("mmcv") is None,
    reason="mmdet is not installed (npm run groie:install)",
)


def with_tail(file: Path) -> Path:
    """Renames a file as OpenMMLab does: the start of its SHA-256 before `.pth`."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return file.rename(file.with_name(f"{file.stem}-{sha256[:8]}.pth"))
