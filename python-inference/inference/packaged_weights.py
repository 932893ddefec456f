"""Weight files that travel inside Python packages, checked by SHA-256 before anyone opens them."""

import hashlib
import importlib.util
from pathlib import Path

from inference.errors import ModelNotLoaded


def packaged_file(package: str, path: str, sha256: str) -> Path:
    """Path of a file inside an installed top-level package, its content checked.

    The package itself is not imported (`importlib.resources.files` would): open_clip does not import
    without torchvision, rembg pulls in half of scipy. Raises ModelNotLoaded when the package or the
    file is missing or the file is another one than `sha256` (lower-case hex) names.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelNotLoaded(
            f"Expected the package {package} but it is not installed; run `npm run setup`, which installs "
            "python-inference/requirements-weights.lock"
        )
    file = Path(next(iter(spec.submodule_search_locations))) / path
    if not file.is_file():
        raise ModelNotLoaded(f"Expected {path} in the package {package} but there is no such file")
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256:
        raise ModelNotLoaded(
            f"Expected SHA-256 {sha256} for {path} of the package {package} but received {found}; "
            "install the version that python-inference/requirements-weights.lock pins"
        )
    return file
