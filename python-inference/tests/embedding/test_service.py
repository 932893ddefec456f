import asyncio
import io
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import numpy as np
import pytest
import torch
from collage.v1.embedding_service_pb2 import (
    DescribeModelRequest,
    EncodePhotosRequest,
    EncodePhotosResponse,
    EncodeTextsRequest,
)
from collage.v1.embedding_service_pb2_grpc import (
    EmbeddingServiceStub,
    add_EmbeddingServiceServicer_to_server,
)
from PIL import Image
from torch import Tensor

from inference.embedding.perceptor import PerceptorDescription
from inference.embedding.service import EmbeddingService
from inference.embedding.starter import StarterPerceptor
from inference.resident_model import ResidentModel


class SlowPerceptor:
    """Takes 50 ms a batch and counts them; the vector of a picture is its mean color."""

    def __init__(self) -> None:
        self.batch_sizes: list[int] = []
        self.called = threading.Event()

    def describe(self) -> PerceptorDescription:
        return PerceptorDescription("slow", "1", "d" * 64, True, "CC0-1.0", 3, 8)

    def encode_texts(self, texts: list[str]) -> Tensor:
        self.called.set()
        self.batch_sizes.append(len(texts))
        time.sleep(0.05)
        return torch.eye(3)[[len(text) % 3 for text in texts]]

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        self.called.set()
        self.batch_sizes.append(len(pictures))
        time.sleep(0.05)
        return pictures.mean(dim=(2, 3))


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def _jpeg(red: int, seed: int = 0) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
    pixels[..., 0] = red
    encoded = io.BytesIO()
    Image.fromarray(pixels).resize((320, 240)).save(encoded, "JPEG")
    return encoded.getvalue()


async def _requests(photos: dict[str, bytes], pause: float = 0.0) -> AsyncIterator[EncodePhotosRequest]:
    for digest, picture in photos.items():
        yield EncodePhotosRequest(digest=digest, picture=picture)
        if pause:
            await asyncio.sleep(pause)


class Sidecar:
    """Calls a service made of one perceptor over a real channel."""

    def __init__(self, serve_in_process: Any, perceptor: Any, executor: ThreadPoolExecutor) -> None:
        service = EmbeddingService(ResidentModel(lambda: perceptor, perceptor), executor)
        self._serving = lambda: serve_in_process(
            lambda server: add_EmbeddingServiceServicer_to_server(service, server)
        )

    def call(self, method: str, request: Any) -> Any:
        async def scenario() -> Any:
            async with self._serving() as channel:
                return await getattr(EmbeddingServiceStub(channel), method)(request)

        return asyncio.run(scenario())

    def photos(self, photos: dict[str, bytes], pause: float = 0.0) -> list[EncodePhotosResponse]:
        async def scenario() -> list[EncodePhotosResponse]:
            async with self._serving() as channel:
                call = EmbeddingServiceStub(channel).EncodePhotos(_requests(photos, pause))
                return [response async for response in call]

        return asyncio.run(scenario())

    def refusal(self, texts: list[str]) -> grpc.aio.AioRpcError:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            self.call("EncodeTexts", EncodeTextsRequest(texts=texts))
        return caught.value


@pytest.fixture
def slow() -> SlowPerceptor:
    return SlowPerceptor()


@pytest.fixture
def sidecar(serve_in_process: Any, slow: SlowPerceptor, executor: ThreadPoolExecutor) -> Sidecar:
    return Sidecar(serve_in_process, slow, executor)


def test_describes_the_perceptor_behind_it(sidecar: Sidecar) -> None:
    answer = sidecar.call("DescribeModel", DescribeModelRequest())
    assert (answer.dimension_count, answer.input_size_pixels) == (3, 8)
    assert (answer.model.name, answer.model.weights_are_random) == ("slow", True)


def test_texts_come_back_in_order(sidecar: Sidecar) -> None:
    answer = sidecar.call("EncodeTexts", EncodeTextsRequest(texts=["a" * n for n in range(1, 21)]))
    assert [list(embedding.values).index(1) for embedding in answer.embeddings] == [
        n % 3 for n in range(1, 21)
    ]
    assert answer.model.digest == "d" * 64


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        ([], "Expected 1 to 256 texts for texts but received 0"),
        (["a"] * 257, "Expected 1 to 256 texts for texts but received 257"),
        (["a", " \n"], "Expected a text that is not empty for texts[1]"),
        (["a" * 1001], "Expected at most 1000 characters for texts[0] but received 1001"),
    ],
)
def test_bad_texts_are_refused_by_field(sidecar: Sidecar, texts: list[str], complaint: str) -> None:
    refusal = sidecar.refusal(texts)
    assert refusal.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert complaint in refusal.details()


def test_a_bad_photo_is_answered_and_the_stream_goes_on(sidecar: Sidecar) -> None:
    photos = {"good": _jpeg(200), "svg": b"<svg/>", "empty": b"", "cut": _jpeg(9)[:300], "last": _jpeg(40)}
    answers = {answer.digest: answer for answer in sidecar.photos(photos)}
    assert set(answers) == set(photos)
    assert {digest for digest, answer in answers.items() if answer.HasField("embedding")} == {"good", "last"}
    assert answers["cut"].error.reason == "PICTURE_UNREADABLE"
    assert answers["good"].embedding.values[0] == pytest.approx(200 / 255, abs=0.02)


def test_photos_sent_without_pause_share_full_batches(sidecar: Sidecar, slow: SlowPerceptor) -> None:
    photos = {str(index): _jpeg(index) for index in range(20)}
    answers = sidecar.photos(photos)
    assert sorted(int(answer.digest) for answer in answers) == list(range(20))
    assert slow.batch_sizes == [8, 8, 8]


def test_a_lone_photo_does_not_wait_for_the_end_of_the_stream(
    serve_in_process: Any, slow: SlowPerceptor, executor: ThreadPoolExecutor
) -> None:
    async def scenario() -> str:
        service = EmbeddingService(ResidentModel(lambda: slow, slow), executor)
        async with serve_in_process(lambda s: add_EmbeddingServiceServicer_to_server(service, s)) as channel:
            call = EmbeddingServiceStub(channel).EncodePhotos()
            await call.write(EncodePhotosRequest(digest="lone", picture=_jpeg(1)))
            answer = await asyncio.wait_for(call.read(), timeout=5)
            call.cancel()
            return str(answer.digest)

    assert asyncio.run(scenario()) == "lone"


def test_a_repeated_digest_is_answered_once(sidecar: Sidecar) -> None:
    async def twice() -> AsyncIterator[EncodePhotosRequest]:
        for _ in range(2):
            yield EncodePhotosRequest(digest="same", picture=_jpeg(5))

    async def scenario() -> list[str]:
        async with sidecar._serving() as channel:
            return [answer.digest async for answer in EmbeddingServiceStub(channel).EncodePhotos(twice())]

    assert asyncio.run(scenario()) == ["same"]


def test_cancelling_stops_between_batches(sidecar: Sidecar, slow: SlowPerceptor) -> None:
    async def scenario() -> grpc.StatusCode:
        async with sidecar._serving() as channel:
            call = EmbeddingServiceStub(channel).EncodeTexts(EncodeTextsRequest(texts=["a"] * 256))
            await asyncio.to_thread(slow.called.wait, 5)
            call.cancel()
            code = await call.code()
            await asyncio.sleep(0.3)
            return code

    assert asyncio.run(scenario()) == grpc.StatusCode.CANCELLED
    # 256 texts are 32 turns of 50 ms; 0.3 s after the cancel more than a few would have run.
    assert len(slow.batch_sizes) <= 3


def test_cancelling_a_stream_of_photos_stops_it(sidecar: Sidecar, slow: SlowPerceptor) -> None:
    async def scenario() -> None:
        async with sidecar._serving() as channel:
            photos = {str(index): _jpeg(index % 256) for index in range(200)}
            call = EmbeddingServiceStub(channel).EncodePhotos(_requests(photos))
            await call.read()
            call.cancel()
            await asyncio.sleep(0.5)

    asyncio.run(scenario())
    assert len(slow.batch_sizes) <= 5


def test_company_changes_no_bit_of_a_photos_vector(
    serve_in_process: Any, perceptor: StarterPerceptor, executor: ThreadPoolExecutor
) -> None:
    sidecar = Sidecar(serve_in_process, perceptor, executor)
    photos = {str(index): _jpeg(20 * index, seed=index) for index in range(11)}
    together = {answer.digest: list(answer.embedding.values) for answer in sidecar.photos(photos)}
    alone = {answer.digest: list(answer.embedding.values) for answer in sidecar.photos({"7": photos["7"]})}
    assert together["7"] == alone["7"]
    assert np.linalg.norm(alone["7"]) == pytest.approx(1, abs=1e-5)
