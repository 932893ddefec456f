import asyncio

import grpc
from collage.v1.embedding_service_pb2 import (
    EncodeTextsRequest,
)
from collage.v1.embedding_service_pb2_grpc import (
    EmbeddingServiceStub,
)

from tests.embedding.encoding_clients import (
    Sidecar,
    SlowPerceptor,
    jpeg,
    sent,
)


def test_cancelling_stops_between_batches(sidecar: Sidecar, slow: SlowPerceptor) -> None:
    async def scenario() -> grpc.StatusCode:
        async with sidecar.serving() as channel:
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
        async with sidecar.serving() as channel:
            photos = {str(index): jpeg(index % 256) for index in range(200)}
            call = EmbeddingServiceStub(channel).EncodePhotos(sent(photos))
            await call.read()
            call.cancel()
            await asyncio.sleep(0.5)

    asyncio.run(scenario())
    assert len(slow.batch_sizes) <= 5
