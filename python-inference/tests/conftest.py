"""Fixtures of all tests: models loaded once, a real server in the process, the photo corpus."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import grpc
import pytest
import torch

from inference.embedding.starter import StarterPerceptor, load_starter
from inference.interceptors import ErrorInterceptor
from tests.embedding.random_clip import write_random_clip

# Beside the clone, never in it: test photos that are not ours to publish.
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "photos"

ServeInProcess = Callable[[Callable[[grpc.aio.Server], None]], AbstractAsyncContextManager[grpc.aio.Channel]]


@pytest.fixture(scope="session", autouse=True)
def _two_threads() -> None:
    torch.set_num_threads(2)


@pytest.fixture(scope="session")
def perceptor() -> StarterPerceptor:
    return load_starter()


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small CLIP of random weights, in the real format; not to be written to."""
    folder = tmp_path_factory.mktemp("clip") / "tiny-clip"
    write_random_clip(folder)
    return folder


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip(f"the photo corpus is not there ({CORPUS})")
    return CORPUS


@pytest.fixture(scope="session")
def serve_in_process() -> ServeInProcess:
    """`async with serve_in_process(add) as channel`: `add` puts servicers on a real server on a free port."""

    @asynccontextmanager
    async def serving(add: Callable[[grpc.aio.Server], None]) -> AsyncIterator[grpc.aio.Channel]:
        server = grpc.aio.server(interceptors=[ErrorInterceptor()])
        add(server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield channel
        finally:
            await server.stop(0)

    return serving
