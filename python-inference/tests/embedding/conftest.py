from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.embedding.encoding_clients import (
    Sidecar,
    SlowPerceptor,
)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def slow() -> SlowPerceptor:
    return SlowPerceptor()


@pytest.fixture
def sidecar(serve_in_process: Any, slow: SlowPerceptor, executor: ThreadPoolExecutor) -> Sidecar:
    return Sidecar(serve_in_process, slow, executor)
