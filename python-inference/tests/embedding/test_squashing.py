"""What photos take of memory between their coming and their turn."""

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from inference.embedding import service as module
from inference.embedding.service import SQUASHED_AT_ONCE, EmbeddingService
from inference.embedding.shared_batches import BatchLimits
from inference.embedding.squash import SquashedPhoto, squash
from inference.errors import InferenceError
from inference.resident_model import ResidentModel
from tests.embedding.encoding_clients import Crowd, GatedPerceptor, Vectors, encode, jpeg, jpegs


class CountedSquashing:
    """Squashes slowly, and counts how many are at it."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def squash(self, picture: bytes, side: int) -> SquashedPhoto | InferenceError:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.005)
        with self._lock:
            self.now -= 1
        return squash(picture, side)


def test_photos_of_all_clients_are_decoded_a_few_at_a_time(
    serve_in_process: Any, executor: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    squashing = CountedSquashing()
    monkeypatch.setattr(module, "squash", squashing.squash)
    crowd = Crowd(serve_in_process, executor, BatchLimits(8, 0, 256))
    crowd.perceptor.gate.set()

    async def scenario(channel: grpc.aio.Channel) -> list[Vectors]:
        return await asyncio.gather(*(encode(channel, jpegs(12, f"client{n}-")) for n in range(3)))

    assert [len(vectors) for vectors in crowd.run(scenario)] == [12, 12, 12]
    assert squashing.most == SQUASHED_AT_ONCE


class Request:
    """Like EncodePhotosRequest, of which it cannot be seen when it goes."""

    def __init__(self, digest: str) -> None:
        self.digest, self.picture = digest, jpeg(100)


def test_the_bytes_of_a_photo_go_before_its_vector_comes(executor: ThreadPoolExecutor) -> None:
    perceptor = GatedPerceptor()
    service = EmbeddingService(
        ResidentModel(lambda: perceptor, perceptor), executor, limits=BatchLimits(1, 0, 8)
    )
    sent: weakref.WeakSet[Request] = weakref.WeakSet()

    async def scenario() -> None:
        end = asyncio.Event()

        async def photos() -> AsyncIterator[Any]:
            for digest in ("in the batch", "in the queue"):
                request = Request(digest)
                sent.add(request)
                yield request
                del request
            await end.wait()

        answers = service.EncodePhotos(photos(), None)  # type: ignore[arg-type]
        first = asyncio.ensure_future(anext(answers))
        await asyncio.to_thread(perceptor.called.wait, 60)
        while service.photos.waiting_count != 1:
            await asyncio.sleep(0.001)
        gc.collect()
        left = [request.digest for request in sent]
        perceptor.gate.set()
        end.set()
        assert (await first).embedding.values
        assert len([answer async for answer in answers]) == 1
        assert left == []

    asyncio.run(asyncio.wait_for(scenario(), 60))
