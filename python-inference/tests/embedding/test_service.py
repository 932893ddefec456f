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
from google.rpc import error_details_pb2, status_pb2
from PIL import Image
from torch import Tensor

from inference.embedding.perceptor import PerceptorDescription
from inference.embedding.service import EmbeddingService
from inference.embedding.shared_batches import BatchLimits
from inference.embedding.starter import StarterPerceptor
from inference.resident_model import ResidentModel, ResidentPerceptor


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


# Longer than any test: a batch goes when it is full, on the slowest machine too.
PATIENT = 600.0

Vectors = dict[str, list[float]]


async def _encode(channel: grpc.aio.Channel, photos: dict[str, bytes], pause: float = 0.0) -> Vectors:
    call = EmbeddingServiceStub(channel).EncodePhotos(_requests(photos, pause))
    return {answer.digest: list(answer.embedding.values) async for answer in call}


def test_company_changes_no_bit_of_a_photos_vector(
    serve_in_process: Any, perceptor: StarterPerceptor, executor: ThreadPoolExecutor
) -> None:
    """Alone, among others of its call, and among those of eight clients at once."""
    sidecar = Sidecar(serve_in_process, perceptor, executor)
    photos = {str(index): _jpeg(20 * index, seed=index) for index in range(11)}

    async def scenario() -> tuple[list[Vectors], Vectors, list[Vectors]]:
        async with sidecar._serving() as channel:
            alone = [await _encode(channel, {digest: photo}) for digest, photo in photos.items()]
            together = await _encode(channel, photos)
            digests = list(photos)
            orders = [[*digests[turn:], *digests[:turn]] for turn in range(8)]
            crowd = [_encode(channel, {digest: photos[digest] for digest in order}) for order in orders]
            return alone, together, await asyncio.gather(*crowd)

    alone, together, crowd = asyncio.run(scenario())
    expected = {digest: vector for one in alone for digest, vector in one.items()}
    assert together == expected
    assert crowd == [expected] * 8
    assert np.linalg.norm(expected["7"]) == pytest.approx(1, abs=1e-5)
    assert len({tuple(vector) for vector in expected.values()}) == 11


class GatedPerceptor(SlowPerceptor):
    """Encodes pictures when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        self.called.set()
        assert self.gate.wait(60)
        self.batch_sizes.append(int((pictures.amax(dim=(1, 2, 3)) > 0).sum()))
        return pictures.mean(dim=(2, 3))


class Crowd:
    """Several clients of a service whose perceptor stands still until it is let go."""

    def __init__(self, serve_in_process: Any, executor: ThreadPoolExecutor, limits: BatchLimits) -> None:
        self.perceptor = GatedPerceptor()
        self.resident: ResidentPerceptor = ResidentModel(lambda: self.perceptor, self.perceptor)
        self.service = EmbeddingService(self.resident, executor, limits=limits)
        self._serve = serve_in_process

    def run(self, scenario: Any) -> Any:
        async def serving() -> Any:
            async with self._serve(
                lambda server: add_EmbeddingServiceServicer_to_server(self.service, server)
            ) as channel:
                try:
                    return await scenario(channel)
                finally:
                    self.perceptor.gate.set()

        return asyncio.run(asyncio.wait_for(serving(), 120))

    async def until_waiting(self, count: int) -> None:
        """Until so many photos lie in the queue."""
        while self.service.photos.waiting_count != count:
            await asyncio.sleep(0.001)


def _photos(count: int, name: str = "") -> dict[str, bytes]:
    return {f"{name}{index}": _jpeg(100 + index % 100, index) for index in range(count)}


def test_photos_sent_without_pause_share_full_batches(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(8, PATIENT, 256))
    crowd.perceptor.gate.set()
    assert len(crowd.run(lambda channel: _encode(channel, _photos(24)))) == 24
    assert crowd.perceptor.batch_sizes == [8, 8, 8]


def test_photos_of_several_clients_share_batches(serve_in_process: Any, executor: ThreadPoolExecutor) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(8, 0, 256))

    async def scenario(channel: grpc.aio.Channel) -> list[Vectors]:
        first = asyncio.create_task(_encode(channel, _photos(1)))
        await asyncio.to_thread(crowd.perceptor.called.wait, 60)
        others = [asyncio.create_task(_encode(channel, _photos(1, f"client{n}-"))) for n in range(8)]
        await crowd.until_waiting(8)
        crowd.perceptor.gate.set()
        return await asyncio.gather(first, *others)

    assert all(crowd.run(scenario))
    assert crowd.perceptor.batch_sizes == [1, 8]


def test_a_stream_alone_is_never_refused_however_small_the_queue(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, 0.02, 4))
    crowd.perceptor.gate.set()
    assert len(crowd.run(lambda channel: _encode(channel, _photos(60)))) == 60


def test_calls_beyond_the_queue_are_refused_with_reason_and_hint_and_the_others_come_to_their_end(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, PATIENT, 8))

    async def scenario(channel: grpc.aio.Channel) -> tuple[grpc.aio.AioRpcError, Vectors, Vectors]:
        greedy = asyncio.create_task(_encode(channel, _photos(32)))
        await asyncio.to_thread(crowd.perceptor.called.wait, 60)
        await crowd.until_waiting(4)  # and four being encoded: all places
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await _encode(channel, _photos(1, "late"))
        crowd.perceptor.gate.set()
        encoded = await greedy
        return refused.value, encoded, await _encode(channel, _photos(4, "later"))

    refused, encoded, later = crowd.run(scenario)
    assert (len(encoded), len(later)) == (32, 4)
    assert refused.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "ENCODE_QUEUE_PHOTOS" in refused.details()
    (encoded_status,) = refused.trailing_metadata().get_all("grpc-status-details-bin")
    details = status_pb2.Status.FromString(encoded_status).details
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    assert details[0].Unpack(info) and details[1].Unpack(retry)
    assert (info.reason, info.metadata["limit"]) == ("ENCODE_QUEUE_FULL", "8")
    assert retry.retry_delay.ToMilliseconds() >= 100


def test_a_cancelled_stream_leaves_nothing_in_the_queue(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, PATIENT, 64))

    async def scenario(channel: grpc.aio.Channel) -> Vectors:
        call = EmbeddingServiceStub(channel).EncodePhotos(_requests(_photos(32)))
        reading = asyncio.create_task(call.read())
        await asyncio.to_thread(crowd.perceptor.called.wait, 60)
        await crowd.until_waiting(4)  # of eight on their way; the other four are in the perceptor's hands
        call.cancel()
        await asyncio.wait([reading])
        await crowd.until_waiting(0)
        crowd.perceptor.gate.set()
        return await _encode(channel, _photos(4, "next"))

    assert sorted(crowd.run(scenario)) == ["next0", "next1", "next2", "next3"]
    assert crowd.perceptor.batch_sizes == [4, 4]
    assert crowd.service.photos.free_count == 64


def test_a_call_under_way_keeps_its_model_loaded(serve_in_process: Any, executor: ThreadPoolExecutor) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, 0, 64))
    crowd.perceptor.gate.set()

    async def scenario(channel: grpc.aio.Channel) -> tuple[bool, bool]:
        call = EmbeddingServiceStub(channel).EncodePhotos()
        await call.write(EncodePhotosRequest(digest="one", picture=_jpeg(1)))
        await call.read()
        while_open = crowd.resident.unload_if_idle(0)
        await call.done_writing()
        assert await call.read() == grpc.aio.EOF
        return while_open, crowd.resident.unload_if_idle(0)

    assert crowd.run(scenario) == (False, True)
    assert crowd.run(lambda channel: _encode(channel, _photos(1)))  # loads it again
    assert crowd.resident.is_loaded
