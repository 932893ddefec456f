import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from collage.v1.embedding_service_pb2 import (
    EncodePhotosRequest,
)
from collage.v1.embedding_service_pb2_grpc import (
    EmbeddingServiceStub,
    add_EmbeddingServiceServicer_to_server,
)

from inference.embedding.service import EmbeddingService
from inference.embedding.starter import StarterPerceptor
from inference.resident_model import ResidentModel
from tests.embedding.encoding_clients import (
    Sidecar,
    SlowPerceptor,
    Vectors,
    encode,
    jpeg,
)


def test_a_bad_photo_is_answered_and_the_stream_goes_on(sidecar: Sidecar) -> None:
    photos = {"good": jpeg(200), "svg": b"<svg/>", "empty": b"", "cut": jpeg(9)[:300], "last": jpeg(40)}
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
            await call.write(EncodePhotosRequest(digest="lone", picture=jpeg(1)))
            answer = await asyncio.wait_for(call.read(), timeout=5)
            call.cancel()
            return str(answer.digest)

    assert asyncio.run(scenario()) == "lone"


def test_a_repeated_digest_is_answered_once(sidecar: Sidecar) -> None:
    async def twice() -> AsyncIterator[EncodePhotosRequest]:
        for _ in range(2):
            yield EncodePhotosRequest(digest="same", picture=jpeg(5))

    async def scenario() -> list[str]:
        async with sidecar.serving() as channel:
            return [answer.digest async for answer in EmbeddingServiceStub(channel).EncodePhotos(twice())]

    assert asyncio.run(scenario()) == ["same"]


def test_company_changes_no_bit_of_a_photos_vector(
    serve_in_process: Any, perceptor: StarterPerceptor, executor: ThreadPoolExecutor
) -> None:
    """Alone, among others of its call, and among those of eight clients at once."""
    sidecar = Sidecar(serve_in_process, perceptor, executor)
    photos = {str(index): jpeg(20 * index, seed=index) for index in range(11)}

    async def scenario() -> tuple[list[Vectors], Vectors, list[Vectors]]:
        async with sidecar.serving() as channel:
            alone = [await encode(channel, {digest: photo}) for digest, photo in photos.items()]
            together = await encode(channel, photos)
            digests = list(photos)
            orders = [[*digests[turn:], *digests[:turn]] for turn in range(8)]
            crowd = [encode(channel, {digest: photos[digest] for digest in order}) for order in orders]
            return alone, together, await asyncio.gather(*crowd)

    alone, together, crowd = asyncio.run(scenario())
    expected = {digest: vector for one in alone for digest, vector in one.items()}
    assert together == expected
    assert crowd == [expected] * 8
    assert np.linalg.norm(expected["7"]) == pytest.approx(1, abs=1e-5)
    assert len({tuple(vector) for vector in expected.values()}) == 11
