"""A hub with one small CLIP model in the layout of transformers, and what it takes to download from it."""

import io
import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from inference.model_files.deadline import Deadline
from inference.model_files.download import Downloader
from inference.model_files.progress import Progress
from tests.model_files.hub_server import HubServer, ServedFile, serving

MakeDownloader = Callable[..., Downloader]

# Some network chunks long, so that a cut leaves something.
WEIGHTS = random.Random(0).randbytes(600_000)


@pytest.fixture
def hub() -> Iterator[HubServer]:
    files = {
        "config.json": ServedFile(b'{"model_type": "clip"}'),
        "preprocessor_config.json": ServedFile(b'{"size": 224}'),
        "tokenizer.json": ServedFile(b'{"version": "1.0"}'),
        "README.md": ServedFile(b"not wanted"),
        "tf_model.h5": ServedFile(b"not wanted either", is_large=True),
        "pytorch_model.bin": ServedFile(b"the same as a pickle", is_large=True),
        "model.safetensors": ServedFile(WEIGHTS, is_large=True),
    }
    with serving(HubServer({"tiny/clip": files}, licenses={"tiny/clip": "mit"})) as server:
        yield server


@pytest.fixture
def downloader() -> MakeDownloader:
    """A downloader without a time limit; arguments replace its fields."""

    def make(**changes: object) -> Downloader:
        quiet = Progress(io.StringIO(), lambda: 0.0)
        plain = Downloader(Deadline(None, lambda: 0.0), quiet, connect_seconds=2.0, read_seconds=2.0)
        return replace(plain, **changes)  # type: ignore[arg-type]

    return make


@pytest.fixture
def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent_port() -> Iterator[str]:
    """An address that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
